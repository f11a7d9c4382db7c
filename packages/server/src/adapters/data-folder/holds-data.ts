import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const HASH = /^[0-9a-f]{64}$/;
const SHELF = /^[0-9a-f]{2}$/;

/** Whether objects or bundles lie in the folders, of which either may be missing. */
export async function holdsData(folders: { objects: string; bundles: string }): Promise<boolean> {
  if ((await namesIn(folders.bundles)).some((name) => HASH.test(name))) return true;
  for (const shelf of await namesIn(folders.objects))
    if (SHELF.test(shelf) && (await namesIn(join(folders.objects, shelf))).some((name) => HASH.test(name)))
      return true;
  return false;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
