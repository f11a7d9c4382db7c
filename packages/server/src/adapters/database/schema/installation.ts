import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** One row: the data folder that these tables belong to. */
export const installation = pgTable('installation', {
  row: boolean('is_row').primaryKey().default(true),
  id: text('id').notNull(),
  since: moment('since').notNull(),
});
