import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { Database } from '../../ledger/index.ts';
import { databaseOver } from './database-over.ts';
import { translated } from './errors.ts';
import { initialisePglite } from './initialise-pglite.ts';
import { migrate } from './migrate.ts';
import type { Sql } from './session.ts';
import { SyncingFileSystem } from './syncing-file-system.ts';

export type PgliteOptions = {
  /** Folder of the migrations, `packages/server/migrations`. */
  migrations: string;
  clock?: Clock;
};

/**
 * PGlite's own parameters without `-F`, which turns fsync off. Its `fdatasync`, the default, does nothing, hence
 * `fsync`. Small buffers: the operating system caches the files anyway.
 */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
];

/**
 * Opens the embedded PostgreSQL in `folder`, made on the first call, and brings its schema up to date. Nobody else
 * may have the folder open: hold the data folder's lock. Throws `storage.full` and `storage.newer`.
 */
export async function openPglite(
  folder: string,
  { migrations, clock = systemClock }: PgliteOptions,
): Promise<Database> {
  await initialisePglite(folder);
  const client = await startPglite(folder);
  const sql = drizzle(client) as unknown as Sql;
  try {
    await migrate(sql, migrations);
  } catch (error) {
    await client.close();
    throw translated(error);
  }
  return databaseOver(sql, clock, () => client.close());
}

/** The bare engine, synced as it should be. */
export async function startPglite(folder: string, fs = new SyncingFileSystem(folder)): Promise<PGlite> {
  try {
    return await PGlite.create({ fs, startParams: START_PARAMETERS });
  } catch (error) {
    throw translated(error);
  }
}
