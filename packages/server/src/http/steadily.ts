import { fail } from '@slipway/contract';
import type { Clock } from '../kernel/index.ts';

/** Time that a slow start, or a pause, of an upload may take. */
const GRACE_SECONDS = 60;

/**
 * The chunks of an upload as they come. Throws `request.too-slow` when they came, over all the time that was spent waiting for
 * them, at less than the rate; the time that the taker needs does not count.
 */
export async function* steadily(
  chunks: AsyncIterator<Uint8Array>,
  minBytesPerSecond: number,
  clock: Clock,
): AsyncGenerator<Uint8Array> {
  let waited = 0;
  let bytes = 0;
  try {
    for (;;) {
      const from = clock.monotonic();
      const next = await chunks.next();
      if (next.done === true) return;
      waited += (clock.monotonic() - from) / 1000;
      bytes += next.value.length;
      if (waited > GRACE_SECONDS && bytes < waited * minBytesPerSecond)
        throw fail('request.too-slow', { seconds: Math.round(waited) });
      yield next.value;
    }
  } finally {
    await chunks.return?.(); // else what is left could not be read by others
  }
}
