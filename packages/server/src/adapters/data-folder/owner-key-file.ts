import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnerKeyFile } from '../../access/index.ts';
import { newId } from '../../kernel/index.ts';

/** The owner key as a file of one line, mode 0600. */
export function ownerKeyFile(path: string): OwnerKeyFile {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch(absent);
      return text?.trim() || undefined;
    },
    async write(secret) {
      const aside = join(dirname(path), newId('owner-part'));
      try {
        await writeSynced(aside, `${secret}\n`);
        await rename(aside, path);
        await syncFolder(dirname(path));
      } finally {
        await rm(aside, { force: true });
      }
    },
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
