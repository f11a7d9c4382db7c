import { bigint, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const uploads = pgTable('uploads', {
  id: text('id').primaryKey(),
  filename: text('filename').notNull(),
  sha256: text('sha256').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  createdAt: moment('created_at').notNull(),
  /** Id of the key; null for those of earlier versions, and for rows that Slipway gathered. */
  owner: text('owner'),
});

export const datasets = pgTable('datasets', {
  name: text('name').primaryKey(),
  latestVersion: integer('latest_version').notNull().default(0),
  createdAt: moment('created_at').notNull(),
});

export const datasetVersions = pgTable(
  'dataset_versions',
  {
    dataset: text('dataset')
      .notNull()
      .references(() => datasets.name),
    version: integer('version').notNull(),
    manifestId: text('manifest_id').notNull(),
    manifest: document('manifest').notNull(),
    profile: document('profile').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dataset, table.version] }),
    unique('dataset_versions_manifest').on(table.dataset, table.manifestId),
  ],
);
