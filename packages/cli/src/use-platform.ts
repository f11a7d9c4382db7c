import { findServer } from './connect.ts';
import type { CommonOptions } from './options.ts';
import { type PlatformProcess, startPlatform, type UpOptions } from './platform.ts';
import { say } from './talk.ts';

/** The platform that runs already, or one that is started for this command. */
export async function usePlatform(
  options: CommonOptions & UpOptions,
  signal: AbortSignal,
): Promise<{ server: string; platform: PlatformProcess | undefined }> {
  const running = await findServer(options);
  if (running !== undefined) return { server: running, platform: undefined };
  say('Starting Slipway …');
  const platform = await startPlatform(options, signal);
  return { server: platform.ready.url, platform };
}
