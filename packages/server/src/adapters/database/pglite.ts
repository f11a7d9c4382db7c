import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { fail, isFailure } from '@slipway/contract';
import { drizzle } from 'drizzle-orm/pglite';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { copyBeforeUpgrade } from './copy-before-upgrade.ts';
import { databaseOver } from './database-over.ts';
import { translated } from './errors.ts';
import { hasPglite, initialisePglite } from './initialise-pglite.ts';
import { checkInstallation, type InstallationOfFolder, recordInstallation } from './installation.ts';
import { migrate, nextMigration } from './migrate.ts';
import { startEngine } from './pglite-engine.ts';
import { preparedName } from './prepared-pglite.ts';
import { RecoveringPglite } from './recovering-pglite.ts';
import type { Sql } from './session.ts';

export type PgliteOptions = {
  /** Folder of the migrations, `packages/server/migrations`. */
  migrations: string;
  /** Folder in which the build has prepared an empty database; a new one is made step by step without. */
  prepared?: string | undefined;
  clock?: Clock;
  /** The data folder it must be the database of; unchecked unless told. */
  installation?: InstallationOfFolder | undefined;
  /** Puts an open file on the disk; Node's own unless told. */
  fsync?: (descriptor: number) => void;
};

/**
 * Opens the embedded PostgreSQL in `folder`, made on the first call, and brings its schema up to date, after a copy of
 * the database beside it when that takes a migration; one that fails changes nothing. Nobody else may have the folder open: hold
 * the data folder's lock. Throws `storage.full`, `storage.damaged` and `storage.newer`, and
 * `storage.empty-database` and `storage.foreign-database` as {@link checkInstallation} does.
 */
export async function openPglite(
  folder: string,
  { migrations, prepared, clock = systemClock, installation, fsync }: PgliteOptions,
): Promise<Database> {
  if (installation?.holdsData && !installation.adopt && !hasPglite(folder))
    throw fail('storage.empty-database', { folder: installation.folder });
  await initialisePglite(folder, prepared && join(prepared, preparedName(migrations)));
  let client = await started(folder, fsync);
  let isOpen = true;
  let sql = drizzle(client.queries as PGlite) as unknown as Sql;
  try {
    if (installation !== undefined) await checkInstallation(sql, installation, { liesInFolder: true });
    const next = await nextMigration(sql, migrations);
    if (next !== undefined) {
      await client.close();
      isOpen = false;
      await copyBeforeUpgrade(folder, next);
      client = await started(folder, fsync);
      isOpen = true;
      sql = drizzle(client.queries as PGlite) as unknown as Sql;
    }
    await migrate(sql, migrations);
    if (installation !== undefined) await recordInstallation(sql, installation);
  } catch (error) {
    if (isOpen) await client.close();
    throw translated(error);
  }
  return databaseOver(sql, clock, () => client.close());
}

async function started(folder: string, fsync: PgliteOptions['fsync']): Promise<RecoveringPglite> {
  try {
    return await RecoveringPglite.open(folder, () => startEngine(folder, fsync));
  } catch (error) {
    const failure = translated(error);
    if (isFailure(failure) || isOfTheMachine(failure)) throw failure;
    const reason = failure instanceof Error ? failure.message.split('\n', 1)[0]! : String(failure);
    throw fail('storage.damaged', { folder, reason }, { cause: failure });
  }
}

/** An error that says what the operating system refused, and nothing of the files' content. */
function isOfTheMachine(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
