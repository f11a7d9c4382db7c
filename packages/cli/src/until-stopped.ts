import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aborted } from './interruption.ts';
import { say } from './output.ts';
import { endedBy, type PlatformProcess } from './platform.ts';

const ERROR_LEVEL = 50;

/** Waits for Ctrl-C or the platform's own end; then sees that it ended in order. Returns 0, or 1 when it ended by itself. */
export async function untilStopped(platform: PlatformProcess, signal: AbortSignal): Promise<number> {
  const cause = await Promise.race([aborted(signal).then(() => undefined), platform.ended]);
  if (cause === undefined) {
    await platform.stop();
    return 0;
  }
  await tellEnd(platform, cause);
  return 1;
}

/** Says how a platform came to its end that nobody here asked for, and where to read more. */
export async function tellEnd(platform: PlatformProcess, cause: number | NodeJS.Signals): Promise<void> {
  const { dataFolder, pid } = platform.ready;
  const log = join(dataFolder, 'logs', 'control.log');
  const how =
    typeof cause === 'number'
      ? `The platform ended unexpectedly with code ${cause}`
      : endedBy(`The platform (process ${pid})`, cause, platform.memory);
  if (typeof cause !== 'number') await noteEnd(log, how);
  say(`\n${how}; see ${log}.`);
}

/** A process that was killed cannot log it. The folder may be gone, too. */
async function noteEnd(log: string, msg: string): Promise<void> {
  const line = JSON.stringify({ level: ERROR_LEVEL, time: new Date().toISOString(), msg });
  await appendFile(log, `${line}\n`, { mode: 0o600 }).catch(() => undefined);
}
