import { guarded, type OnError } from './internal-errors.ts';

/** The longest that an answer waits for others, in milliseconds, beyond the request that is being answered. */
const MOST_WAIT_MS = 0.5;
/** A request that took so long, in milliseconds, is answered at once: the next one may take as long. */
const LONG_MS = 0.25;
/** Answers that leave together at most. */
const MOST_TOGETHER = 32;

/**
 * Where answers wait until the end of the event loop's turn, to leave together. A client that sleeps until an answer comes
 * is woken once for many of them so, and not for each, which takes the kernel longer than a short request takes us: one-row
 * predictions cost a quarter less.
 */
export type Outbox = {
  /** Sends with the next ones; at once where the request was there since long, `readAt` being when. */
  add(send: () => void, readAt: number): void;
  /** Sends what waits: for whoever is about to keep the thread. */
  leave(): void;
};

/** @param onError told of what a `send` throws; the others are sent all the same */
export function outbox(onError: OnError): Outbox {
  let waiting: (() => void)[] = [];
  let since = 0;

  function leave(): void {
    const sends = waiting;
    waiting = [];
    for (const send of sends) guarded(send, onError);
  }

  return {
    leave,
    add(send, readAt) {
      const now = performance.now();
      if (waiting.push(send) === 1) {
        since = now;
        setImmediate(leave);
      }
      const isTime = now - readAt > LONG_MS || now - since > MOST_WAIT_MS;
      if (isTime || waiting.length === MOST_TOGETHER) leave();
    },
  };
}
