import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../kernel/index.ts';

/**
 * Leaves word in the data folder of where the server answers, so that the command line finds it. Whole or not there at all. Returns what
 * takes it away.
 */
export async function announceServer(
  folder: string,
  ready: { url: string; inferenceUrl: string; pid: number },
): Promise<() => Promise<void>> {
  const path = join(folder, 'server.json');
  const aside = `${path}.${newId('new')}`;
  try {
    await writeSynced(aside, `${JSON.stringify(ready)}\n`);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  return () => rm(path, { force: true });
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
