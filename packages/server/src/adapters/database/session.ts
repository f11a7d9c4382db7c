import { type SQL, sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Clock } from '../../kernel/index.ts';

/** Drizzle over either driver, or over an open transaction of one. */
export type Sql = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** What every store is made over. */
export type Session = { sql: Sql; clock: Clock };

/** The moment of the session's clock, as a column takes it. */
export function now({ clock }: Session): Date {
  return new Date(clock.now());
}

export function iso(moment: Date): string {
  return moment.toISOString();
}

export function isoOrNull(moment: Date | null): string | null {
  return moment === null ? null : moment.toISOString();
}

/** Rows of a statement that the query builder cannot say. */
export async function rowsOf<T>(session: Sql, statement: SQL): Promise<T[]> {
  const result = (await session.execute(statement)) as unknown as { rows: T[] };
  return result.rows;
}

/** The database's own clock, which does not stand still inside a transaction. */
export const databaseNow = sql<Date>`clock_timestamp()`;

/** Keeps the numbers that JSON can hold. */
export function finite(metrics: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
