import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../../metadata/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { initialisePglite } from './initialise-pglite.ts';
import { openPglite } from './pglite.ts';
import { startEngine } from './pglite-engine.ts';
import { preparedName } from './prepared-pglite.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Where the build leaves the prepared database. */
const DIST = fileURLToPath(new URL('../../../../../dist', import.meta.url));

let template: Promise<string> | undefined;

/** Opens a new, empty database at `folder`: the one that the build has prepared, or on a clone that is not built, one made anew. */
export function openNewPglite(folder: string): Promise<Database> {
  return openPglite(folder, { migrations: MIGRATIONS, prepared: DIST });
}

/** Puts a new, empty database at `folder`: a copy of one that is unpacked, or made where nothing is built, once. */
export async function placeEmptyPglite(folder: string): Promise<void> {
  template ??= makeTemplate();
  await cp(await template, folder, { recursive: true });
}

async function makeTemplate(): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-template-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const folder = join(scratch, 'database');
  await initialisePglite(folder, join(DIST, preparedName(MIGRATIONS)));
  return folder;
}

/** An embedded database in a folder of its own, for the contract suites. */
export async function pgliteUnderTest(): Promise<DatabaseUnderTest> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-pglite-'));
  const folder = join(scratch, 'database');
  const open = () => openPglite(folder, { migrations: MIGRATIONS });
  await placeEmptyPglite(folder);
  let database = await open();
  return {
    get database() {
      return database;
    },
    async tamper(statement) {
      await database.close();
      const { pglite } = await startEngine(folder);
      try {
        await pglite.exec(statement);
      } finally {
        await pglite.close();
        database = await open();
      }
    },
    async dispose() {
      await database.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
