import { findServer } from './connect.ts';
import type { CommonOptions } from './options.ts';
import { type PlatformProcess, startPlatform, type UpOptions } from './platform.ts';
import { say } from './talk.ts';

/** The platform that is started for this command, or undefined when one runs already. */
export async function usePlatform(
  options: CommonOptions & UpOptions,
  signal: AbortSignal,
): Promise<PlatformProcess | undefined> {
  if ((await findServer(options)) !== undefined) return undefined;
  say('Starting Slipway …');
  return startPlatform(options, signal);
}
