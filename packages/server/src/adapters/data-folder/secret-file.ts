import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SecretFile } from '../../access/index.ts';
import { newId } from '../../kernel/index.ts';
import { syncFolder, writeSynced } from './synced-files.ts';

/** A secret as a file of one line, mode 0600. */
export function secretFile(path: string): SecretFile {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch(absent);
      return text?.trim() || undefined;
    },
    async write(secret) {
      const aside = join(dirname(path), newId('secret-part'));
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
