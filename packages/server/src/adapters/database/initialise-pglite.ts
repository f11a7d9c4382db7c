import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fail } from '@slipway/contract';
import { isId, newId } from '../../kernel/index.ts';
import { translated } from './errors.ts';
import { pglitePackage } from './pglite-package.ts';
import { unpackDatabase } from './prepared-pglite.ts';
import { syncEntry, syncTree } from './sync-tree.ts';

const NEW_DATABASE_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/**
 * Takes the module's URL and the folder. PGlite starts without fsync here; everything is synced once afterwards. Log
 * segments of 1 MiB instead of 16, and as few of them as PostgreSQL allows, keep the folder small and the disk's last megabytes
 * useful. The databases to copy others from go, 15 MB of copies of what `postgres` holds, and so do the catalog's
 * descriptions of its own objects, 0.5 MB that psql alone would show.
 */
const SCRIPT = `
  const [module, dataDir] = process.argv.slice(1);
  const { PGlite } = await import(module);
  const settings = ['-c', 'wal_recycle=off', '-c', 'min_wal_size=2MB'];
  const startParams = [...PGlite.defaultStartParams, ...settings];
  const database = await PGlite.create({ dataDir, initDbStartParams: ['--wal-segsize=1'], startParams });
  await database.query("update pg_database set datistemplate = false where datname in ('template0', 'template1')");
  for (const statement of [
    'drop database template0',
    'drop database template1',
    'delete from pg_description',
    'vacuum full',
    'checkpoint',
  ])
    await database.query(statement);
  await database.close();
`;

/**
 * Puts an empty database into `folder` unless there is one: beside it first, synced, then renamed, so a crash leaves all of it
 * or nothing. It is unpacked from the file `prepared`, where the build has made one; where there is none, or it cannot be
 * unpacked, it is made anew, which takes some ten seconds of a processor.
 */
export async function initialisePglite(folder: string, prepared?: string): Promise<void> {
  if (hasPglite(folder)) {
    await removeUnfinished(folder);
    return;
  }
  const unfinished = `${folder}.${newId('new')}`;
  try {
    await mkdir(dirname(folder), { mode: 0o700, recursive: true });
    await removeUnfinished(folder);
    if (!(await isUnpacked(prepared, unfinished))) {
      await mkdir(unfinished, { mode: 0o700 });
      await makeDatabase(unfinished);
    }
    await syncTree(unfinished);
    await rename(unfinished, folder);
    await syncEntry(dirname(folder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (isKilled(error))
      throw fail('start.out-of-memory', { limitMegabytes: memoryMegabytes() }, { cause: error });
    throw hasRoomForOne(folder) ? translated(error) : fail('storage.full', {}, { cause: error });
  }
}

/** Whether the prepared database lies in `folder` now; the folder is gone otherwise. */
async function isUnpacked(prepared: string | undefined, folder: string): Promise<boolean> {
  if (prepared === undefined || !existsSync(prepared)) return false;
  await mkdir(folder, { mode: 0o700 });
  try {
    await unpackDatabase(prepared, folder);
    return hasPglite(folder);
  } catch {
    // A full disk is told by what follows, a damaged file is not needed.
    await rm(folder, { recursive: true, force: true });
    return false;
  }
}

/** By a process of its own, because making it takes 500 MB that would stay with us. */
async function makeDatabase(folder: string): Promise<void> {
  await run(process.execPath, ['--input-type=module', '--eval', SCRIPT, pglitePackage().url, folder]);
}

export function hasPglite(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/** The kernel ends a process in this way where memory is used up, and V8 and WebAssembly abort. */
function isKilled(error: unknown): boolean {
  const { signal } = (error ?? {}) as { signal?: unknown };
  return signal === 'SIGKILL' || signal === 'SIGABRT';
}

function memoryMegabytes(): number {
  const limit = process.constrainedMemory();
  return Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / 1024 ** 2);
}

/** What initdb died of is not always said; while it is made a new database takes some 40 MB. */
function hasRoomForOne(folder: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(folder));
  return bavail * bsize >= NEW_DATABASE_BYTES;
}

/** What earlier starts left unfinished; a process of theirs may still write to it, hence our own name. */
async function removeUnfinished(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || !isId('new', name.slice(prefix.length))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}
