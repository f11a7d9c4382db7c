import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Leaves word in the data folder of where the server answers, so that the command line finds it. Whole or not there at all. Returns what
 * takes it away.
 */
export async function announceServer(
  folder: string,
  ready: { url: string; inferenceUrl: string; pid: number },
): Promise<() => Promise<void>> {
  const path = join(folder, 'server.json');
  const aside = `${path}.${ready.pid}`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(ready)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  return () => rm(path, { force: true });
}
