import { setTimeout as wait } from 'node:timers/promises';
import { isFailure } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { connect, findServer, readServerFile } from './connect.ts';
import type { CommonOptions } from './options.ts';
import { say } from './output.ts';
import { type PlatformProcess, startPlatform, type UpOptions } from './platform.ts';
import { tellEnd } from './until-stopped.ts';

/** How long another process may take to start a platform on the folder, or to end one. */
const LONGEST_WAIT_MS = 120_000;
/** How long one that is up, by its word in the folder, may be without an answer. */
const SILENCE_MS = 10_000;
const PAUSE_MS = 500;

type Options = CommonOptions & UpOptions;

/**
 * Does `work` on the platform of --server or of the data folder, which is started where none runs; the one that was started is returned, and
 * ended where `work` throws. A platform that another command had started for its own work ends with that command: `work` is then called again with the
 * next one, so it must keep what it has done.
 */
export async function onPlatform<Result>(
  options: Options,
  signal: AbortSignal,
  work: (client: Client) => Promise<Result>,
): Promise<{ result: Result; platform: PlatformProcess | undefined }> {
  for (;;) {
    const platform = await usePlatform(options, signal);
    const used = platform === undefined ? await readServerFile(options.data) : undefined;
    try {
      return { result: await work(await connect(options)), platform };
    } catch (error) {
      await platform?.stop();
      const cause = await platform?.ended;
      if (platform !== undefined && typeof cause === 'string' && !signal.aborted)
        await tellEnd(platform, cause);
      const isGone = isFailure(error, 'server.unreachable') && options.server === undefined;
      // Without word of it the platform had ended before it was asked for anything.
      const isTemporary = platform === undefined && (used === undefined || used.temporary === true);
      if (!isGone || !isTemporary || signal.aborted) throw error;
      say('The command that had started the platform has ended it. This one goes on with its own.');
    }
  }
}

/** The platform that is started for this command, or undefined when one runs already. Waits for one that another process starts or ends. */
async function usePlatform(options: Options, signal: AbortSignal): Promise<PlatformProcess | undefined> {
  let isTold = false;
  let last = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    if ((await findServer(options)) !== undefined) return undefined;
    if (!isTold) say('Starting Slipway …');
    try {
      return await startPlatform(options, signal);
    } catch (error) {
      if (!isFailure(error, 'storage.locked')) throw error;
      const other = Number(error.details.pid);
      if (performance.now() > last) throw error;
      const isUp = (await readServerFile(options.data))?.pid === other;
      if (isUp) last = Math.min(last, performance.now() + SILENCE_MS);
      if (!isTold)
        say(`Another command (process ${other}) starts or ends Slipway on this folder; waiting for it …`);
      isTold = true;
      await wait(PAUSE_MS, undefined, { signal });
    }
  }
}
