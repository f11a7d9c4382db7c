import { bigint, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    grant: document('grant').notNull(),
    prefix: text('prefix').notNull(),
    hash: text('hash').notNull(),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [unique('api_keys_hash').on(table.hash)],
);

/** A migration adds the trigger that refuses to change or remove these rows. */
export const auditEntries = pgTable('audit_entries', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  at: moment('at').notNull(),
  who: text('who').notNull(),
  /** Id of the key that acted; null for what Slipway did, and in entries of earlier versions. */
  principal: text('principal'),
  what: text('what').notNull(),
  subject: text('subject').notNull(),
  requestId: text('request_id'),
  details: document('details').notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});
