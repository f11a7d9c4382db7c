import { readFile, rename, writeFile } from 'node:fs/promises';
import type { CountsStore } from '../../inference/index.ts';

/**
 * Keeps counts in a file. It is replaced as a whole, so a reader finds one state or the next; it is not synced, since counts of some
 * seconds may be lost with the machine.
 */
export function countsFile(path: string): CountsStore {
  return {
    read: () =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    async write(text) {
      const aside = `${path}.part`;
      await writeFile(aside, text, { mode: 0o600 });
      await rename(aside, path);
    },
  };
}
