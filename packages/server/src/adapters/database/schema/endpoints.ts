import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const endpoints = pgTable('endpoints', {
  name: text('name').primaryKey(),
  model: text('model').notNull(),
  target: text('target').notNull(),
  task: text('task', { enum: ['binary', 'multiclass', 'regression', 'forecast', 'tensor'] }).notNull(),
  currentRevision: integer('current_revision'),
  policy: document('policy'),
  createdAt: moment('created_at').notNull(),
});

export const endpointRevisions = pgTable(
  'endpoint_revisions',
  {
    endpoint: text('endpoint')
      .notNull()
      .references(() => endpoints.name),
    revision: integer('revision').notNull(),
    modelVersion: integer('model_version').notNull(),
    bundleId: text('bundle_id').notNull(),
    reason: text('reason', { enum: ['deploy', 'promote', 'rollback'] }).notNull(),
    by: text('by').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpoint, table.revision] })],
);

export const endpointTokens = pgTable(
  'endpoint_tokens',
  {
    id: text('id').primaryKey(),
    endpoint: text('endpoint')
      .notNull()
      .references(() => endpoints.name),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    hash: text('hash').notNull(),
    limits: document('limits'),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    unique('endpoint_tokens_hash').on(table.hash),
    index('endpoint_tokens_endpoint').on(table.endpoint),
  ],
);
