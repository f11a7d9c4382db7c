import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { Database } from '../../ledger/index.ts';
import { databaseOver } from './database-over.ts';
import { translated } from './errors.ts';
import { migrate } from './migrate.ts';
import type { Sql } from './session.ts';

export type PostgresOptions = {
  /** Folder of the migrations, `packages/server/migrations`. */
  migrations: string;
  clock?: Clock;
  /** Connections at most; 10 unless told. */
  connections?: number;
};

/** Covers the wait for a free connection too, so it is long enough for a burst of writers. */
const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Opens the PostgreSQL database at `url` and brings its schema up to date. Throws `storage.unavailable` when it does
 * not answer, `storage.newer` when a newer Slipway has been there.
 */
export async function openPostgres(
  url: string,
  { migrations, clock = systemClock, connections = 10 }: PostgresOptions,
): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'slipway',
  });
  pool.on('error', dropIdleConnection);
  const sql = drizzle(pool) as unknown as Sql;
  try {
    await migrate(sql, migrations);
  } catch (error) {
    await pool.end();
    throw translated(error);
  }
  return databaseOver(sql, clock, () => pool.end());
}

/** The pool has dropped the broken connection already; the next call opens one or fails with the reason. */
function dropIdleConnection(): void {}
