import { cp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail } from '@slipway/contract';
import { newId } from '../../kernel/index.ts';
import { syncEntry, syncTree } from './sync-tree.ts';

/** `database.before-14`: the database as it was before migration 14. */
const COPY = /^before-[0-9]{1,6}$/;

/**
 * Copies the closed database in `folder` beside it, to `<folder>.before-<migration>`: whole or not at all. The copy of an earlier upgrade
 * goes when the new one is complete, so that there is one at most. Throws `storage.full`.
 *
 * @param migration the number of the first migration that the copy has not had
 */
export async function copyBeforeUpgrade(folder: string, migration: number): Promise<void> {
  const parent = dirname(folder);
  const kept = `${folder}.before-${migration}`;
  const unfinished = `${folder}.${newId('new')}`; // of a name that the next start removes
  try {
    await cp(folder, unfinished, { recursive: true, mode: 0, preserveTimestamps: true });
    await syncTree(unfinished);
    await rm(kept, { recursive: true, force: true });
    await rename(unfinished, kept);
    await syncEntry(parent);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw fail('storage.full', {}, { cause: error });
    throw error;
  }
  const prefix = `${basename(folder)}.`;
  for (const name of await readdir(parent)) {
    const isCopy = name.startsWith(prefix) && COPY.test(name.slice(prefix.length));
    if (isCopy && name !== basename(kept)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
