import { aborted } from './interruption.ts';
import type { PlatformProcess } from './platform.ts';
import { say } from './talk.ts';

/** Waits for Ctrl-C or the platform's own end; then sees that it ended in order. Returns 0, or 1 when it ended by itself. */
export async function untilStopped(platform: PlatformProcess, signal: AbortSignal): Promise<number> {
  const asked = await Promise.race([aborted(signal).then(() => true), platform.ended.then(() => false)]);
  if (!asked) {
    say(`\nThe platform ended by itself; see ${platform.ready.dataFolder}/logs/control.log.`);
    return 1;
  }
  say('\nStopping …');
  await platform.stop();
  return 0;
}
