import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { Database } from '../../ledger/index.ts';
import { databaseOver } from './database-over.ts';
import { translated } from './errors.ts';
import { initialisePglite } from './initialise-pglite.ts';
import { migrate } from './migrate.ts';
import { startEngine } from './pglite-engine.ts';
import { RecoveringPglite } from './recovering-pglite.ts';
import type { Sql } from './session.ts';

export type PgliteOptions = {
  /** Folder of the migrations, `packages/server/migrations`. */
  migrations: string;
  clock?: Clock;
  /** Puts an open file on the disk; Node's own unless told. */
  fsync?: (descriptor: number) => void;
};

/**
 * Opens the embedded PostgreSQL in `folder`, made on the first call, and brings its schema up to date. Nobody else
 * may have the folder open: hold the data folder's lock. Throws `storage.full` and `storage.newer`.
 */
export async function openPglite(
  folder: string,
  { migrations, clock = systemClock, fsync }: PgliteOptions,
): Promise<Database> {
  await initialisePglite(folder);
  const client = await started(folder, fsync);
  const sql = drizzle(client.queries as PGlite) as unknown as Sql;
  try {
    await migrate(sql, migrations);
  } catch (error) {
    await client.close();
    throw translated(error);
  }
  return databaseOver(sql, clock, () => client.close());
}

async function started(folder: string, fsync: PgliteOptions['fsync']): Promise<RecoveringPglite> {
  try {
    return await RecoveringPglite.open(folder, () => startEngine(folder, fsync));
  } catch (error) {
    throw translated(error);
  }
}
