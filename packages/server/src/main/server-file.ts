import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../kernel/index.ts';

/**
 * Leaves word in the data folder of where the server answers, so that the command line finds it. Whole or not there at all. `temporary` says
 * that the command that started the server ends it. Returns what takes the file away, where it is still the same.
 */
export async function announceServer(
  folder: string,
  ready: { url: string; inferenceUrl: string; pid: number; temporary?: boolean },
): Promise<() => Promise<void>> {
  const path = join(folder, 'server.json');
  const aside = `${path}.${newId('new')}`;
  const text = `${JSON.stringify(ready)}\n`;
  try {
    await writeSynced(aside, text);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  return async () => {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true });
  };
}

/** The process that left word and did not take it away: it was killed, or the machine went down. */
export async function serverBefore(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'server.json'), 'utf8').catch(() => '');
  const pid = /"pid":(\d+)/.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
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
