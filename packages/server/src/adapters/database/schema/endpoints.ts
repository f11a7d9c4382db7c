import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const endpoints = pgTable('endpoints', {
  name: text('name').primaryKey(),
  model: text('model').notNull(),
  target: text('target').notNull(),
  task: text('task', { enum: ['binary', 'multiclass', 'regression', 'forecast', 'tensor'] }).notNull(),
  currentRevision: integer('current_revision'),
  policy: document('policy'),
  /** When monitoring runs; null for the default schedule. */
  monitoring: document('monitoring'),
  pausedAt: moment('paused_at'),
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
    spec: document('spec'),
    reason: text('reason', { enum: ['deploy', 'promote', 'rollback', 'set'] }).notNull(),
    by: text('by').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpoint, table.revision] })],
);

export const endpointRollouts = pgTable(
  'endpoint_rollouts',
  {
    id: text('id').primaryKey(),
    endpoint: text('endpoint')
      .notNull()
      .references(() => endpoints.name),
    state: text('state', { enum: ['running', 'holding', 'done', 'aborted'] }).notNull(),
    document: document('document').notNull(),
    createdAt: moment('created_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('endpoint_rollouts_endpoint').on(table.endpoint),
    uniqueIndex('endpoint_rollouts_open').on(table.endpoint).where(sql`${table.endedAt} is null`),
  ],
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
