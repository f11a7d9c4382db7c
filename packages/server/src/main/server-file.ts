import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Leaves word in the data folder of where the server answers, so that the command line finds it. Returns what takes it away. */
export async function announceServer(
  folder: string,
  ready: { url: string; inferenceUrl: string; pid: number },
): Promise<() => Promise<void>> {
  const path = join(folder, 'server.json');
  await writeFile(path, `${JSON.stringify(ready)}\n`, { mode: 0o600 });
  return () => rm(path, { force: true });
}
