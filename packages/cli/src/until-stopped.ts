import type { PlatformProcess } from './platform.ts';

/** Waits for Ctrl-C, SIGTERM or the platform's own end; then sees that it ended in order. Returns the exit code. */
export async function untilStopped(platform: PlatformProcess): Promise<number> {
  const signalled = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
    process.once('SIGHUP', () => resolve(0));
  });
  const code = await Promise.race([signalled, platform.ended.then((ended) => ended ?? 1)]);
  await platform.stop();
  return code;
}
