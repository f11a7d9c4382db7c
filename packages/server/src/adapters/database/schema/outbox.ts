import { sql } from 'drizzle-orm';
import { bigserial, index, pgTable, text } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const outboxEvents = pgTable(
  'outbox_events',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    topic: text('topic').notNull(),
    subject: text('subject').notNull(),
    payload: document('payload'),
    createdAt: moment('created_at').notNull(),
    settledAt: moment('settled_at'),
  },
  (table) => [index('outbox_events_pending').on(table.sequence).where(sql`settled_at is null`)],
);
