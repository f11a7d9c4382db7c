import { open } from 'node:fs/promises';

/** Syncs a file's content, or a folder's names. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
