import { fail, isFailure } from '@slipway/contract';

/** Seconds to wait before each further try: long enough, 56 s in all, for a data plane to start again. */
const PAUSES = [0.2, 0.4, 0.8, 1.6, 3, ...Array.from({ length: 10 }, () => 5)];

/**
 * Asks again, after growing pauses, while the other side is busy, unavailable or not to be reached. An answer that was
 * lost on its way is asked for anew, so what the lost one did is done twice.
 *
 * Throws the last failure when patience ends (`dataplane.unavailable` when there was no connection), any other
 * failure at once, and the reason of the signal as soon as it is aborted.
 */
export async function retryWhileBusy<Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal,
  pauses: readonly number[] = PAUSES,
): Promise<Answer> {
  for (const seconds of pauses) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
    }
    await pause(seconds * 1000, signal);
    signal.throwIfAborted();
  }
  return ask().catch((error: unknown) => {
    throw isUnconnected(error) ? unreachable(error) : error;
  });
}

/** Resolves after the time, or as soon as the signal is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

function passes(error: unknown): boolean {
  if (isFailure(error)) return error.kind === 'busy' || error.kind === 'unavailable';
  return isUnconnected(error);
}

/** `fetch` tells of a refused, reset or cut connection by a TypeError whose cause is the system's or its own error. */
function isUnconnected(error: unknown): error is TypeError {
  return error instanceof TypeError && error.cause instanceof Error && 'code' in error.cause;
}

function unreachable(error: TypeError) {
  const { code } = error.cause as Error & { code: unknown };
  return fail('dataplane.unavailable', { reason: String(code) }, { cause: error });
}
