import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { databaseOver } from './database-over.ts';
import { translated } from './errors.ts';
import { checkInstallation, type InstallationOfFolder, recordInstallation } from './installation.ts';
import { migrate } from './migrate.ts';
import { lockServer, type ServerLockOptions } from './server-lock.ts';
import type { Sql } from './session.ts';

export type PostgresOptions = {
  /** Folder of the migrations, `packages/server/migrations`. */
  migrations: string;
  clock?: Clock;
  /** The data folder it must be the database of; unchecked unless told. */
  installation?: InstallationOfFolder | undefined;
  /** Connections at most; 10 unless told. */
  connections?: number;
  /** Keeps every other server out while this one has the database open. */
  exclusive?: ServerLockOptions;
};

/** Covers the wait for a free connection too, so it is long enough for a burst of writers. */
const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Opens the PostgreSQL database at `url` and brings its schema up to date. Throws `storage.unavailable` when it does
 * not answer, `storage.newer` when a newer Slipway has been there, and, when it is to be ours alone, `storage.in-use`;
 * `storage.empty-database` and `storage.foreign-database` as {@link checkInstallation} does.
 */
export async function openPostgres(
  url: string,
  { migrations, clock = systemClock, connections = 10, installation, exclusive }: PostgresOptions,
): Promise<Database> {
  const lock = exclusive === undefined ? undefined : await lockServer(url, exclusive);
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: lock?.application ?? 'slipway',
    verify: (client, done) => {
      if (lock === undefined) done();
      else lock.assertHeld(client).then(() => done(), done);
    },
  });
  const close = async () => {
    await pool.end();
    await lock?.release();
  };
  pool.on('error', toldByTheNextCall);
  pool.on('connect', (client) => client.on('error', toldByTheNextCall)); // also one in the middle of a transaction
  const sql = drizzleOver(pool);
  try {
    if (installation !== undefined) await checkInstallation(sql, installation, { liesInFolder: false });
    await migrate(sql, migrations);
    if (installation !== undefined) await recordInstallation(sql, installation);
  } catch (error) {
    await close();
    throw translated(error);
  }
  return databaseOver(sql, clock, close);
}

/**
 * Drizzle over the pool. Its own transaction never gives a connection back whose `begin` failed, so that a database
 * that goes away and comes again would leave the pool without any; this one does.
 */
function drizzleOver(pool: Pool): Sql {
  const transaction: Sql['transaction'] = async (work, config) => {
    const client = await pool.connect();
    try {
      return await (drizzle(client) as unknown as Sql).transaction(work, config);
    } finally {
      client.release();
    }
  };
  return Object.assign(drizzle(pool) as unknown as Sql, { transaction });
}

/** A broken connection is dropped by the pool; whoever calls next gets another one, or the failure with its reason. */
function toldByTheNextCall(): void {}
