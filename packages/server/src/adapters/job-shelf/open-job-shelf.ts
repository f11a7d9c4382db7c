import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import type { JobShelf } from '../../execution/index.ts';
import { syncPath } from './sync-path.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** A shelf in a folder of its own, which is made when something is put there. */
export function openJobShelf(folder: string): JobShelf {
  const shelf: JobShelf = {
    putFile: (name, path) =>
      tellingFull(async () => {
        const place = join(folder, name);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await syncPath(path);
        await move(path, place);
        await syncPath(folder);
        return place;
      }),
    put: (name, value) =>
      tellingFull(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const part = join(folder, `${name}.part`);
        try {
          await writeFile(part, JSON.stringify(value), { mode: 0o600 });
          await shelf.putFile(name, part);
        } finally {
          await rm(part, { force: true });
        }
      }),
    find: async (name) => (existsSync(join(folder, name)) ? join(folder, name) : undefined),
    async get(name) {
      const path = await shelf.find(name);
      return path === undefined ? undefined : (JSON.parse(await readFile(path, 'utf8')) as unknown);
    },
  };
  return shelf;
}

/** Moved as one, also from another mount, as in a sandbox, where it must be copied first. */
async function move(path: string, place: string): Promise<void> {
  try {
    await rename(path, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const part = `${place}.part`;
    try {
      await copyFile(path, part, constants.COPYFILE_FICLONE);
      await syncPath(part);
      await rename(part, place);
    } finally {
      await rm(part, { force: true });
    }
    await rm(path, { force: true });
  }
}

async function tellingFull<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw FULL.has(code ?? '') ? fail('storage.full', {}, { cause: error }) : error;
  }
}
