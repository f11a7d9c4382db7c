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
  },
  (table) => [index('outbox_events_created').on(table.createdAt)],
);
