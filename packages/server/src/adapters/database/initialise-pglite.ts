import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { fail } from '@slipway/contract';
import { isId, newId } from '../../kernel/index.ts';
import { translated } from './errors.ts';

const NEW_DATABASE_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/**
 * Takes the module's URL and the folder. PGlite starts without fsync here; everything is synced once afterwards. Log
 * segments of 1 MiB instead of 16 keep the folder small and the disk's last megabytes useful.
 */
const SCRIPT = `
  const [module, dataDir] = process.argv.slice(1);
  const { PGlite } = await import(module);
  const database = await PGlite.create({ dataDir, initDbStartParams: ['--wal-segsize=1'] });
  await database.close();
`;

/**
 * Makes an empty database in `folder` unless there is one: beside it first, synced, then renamed, so a crash leaves
 * all of it or nothing. It is made by a process of its own, because making it takes 500 MB that would stay with us.
 */
export async function initialisePglite(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const unfinished = `${folder}.${newId('new')}`;
  try {
    await mkdir(dirname(folder), { mode: 0o700, recursive: true });
    await removeUnfinished(folder);
    await mkdir(unfinished, { mode: 0o700 });
    await run(process.execPath, ['--input-type=module', '--eval', SCRIPT, pgliteModule(), unfinished]);
    await syncTree(unfinished);
    await rename(unfinished, folder);
    await syncEntry(dirname(folder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw hasRoomForOne(folder) ? translated(error) : fail('storage.full', {}, { cause: error });
  }
}

/** What initdb died of is not always said; a new database takes some 40 MB. */
function hasRoomForOne(folder: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(folder));
  return bavail * bsize >= NEW_DATABASE_BYTES;
}

function pgliteModule(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('@electric-sql/pglite')).href;
}

/** What earlier starts left unfinished; a process of theirs may still write to it, hence our own name. */
async function removeUnfinished(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || !isId('new', name.slice(prefix.length))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? syncTree(path) : syncEntry(path));
  }
  await syncEntry(folder);
}

async function syncEntry(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
