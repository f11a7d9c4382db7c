import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts every file below a folder, and the folder, on the disk. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? syncTree(path) : syncEntry(path));
  }
  await syncEntry(folder);
}

/** Puts a file, or the names in a folder, on the disk. */
export async function syncEntry(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
