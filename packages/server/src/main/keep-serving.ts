/** So many uncaught errors within a minute are survived. */
const MOST_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

export type KeepServing = {
  /** Logs the error with its stack and counts it. */
  onUncaught: (error: unknown) => void;
  /** Ends the process, to be started again by whoever supervises it. */
  giveUp: (error: unknown) => void;
  /** Monotonic milliseconds. */
  now?: () => number;
};

/**
 * Lets a server outlive an error that nothing caught: one request, or one round of work in the background, is lost, and
 * the others go on. Requests have boundaries of their own, which answer 500; this is for what those missed.
 *
 * Node advises against going on (docs/adr/0021-errors-end-a-request-not-a-process.md), since the state of the process is unknown after such an error. Here no request shares
 * state with another but counters, caches of results and the tables that `apply` replaces whole, and what is lost with the
 * process is every request under way, by a cause that one caller may be able to repeat. More than 20 such errors in a
 * minute mean that the state is broken after all, or that logging itself fails: the process ends with code 1. Running out
 * of memory, faults in native code and errors while starting end it as ever. A request whose work was lost ends with the
 * connection's idle timeout; what it had reserved of admission is not given back, so the counters of
 * `/metrics` tell when to restart.
 *
 * @returns takes one error, for tests
 */
export function keepServing({ onUncaught, giveUp, now = () => performance.now() }: KeepServing) {
  let recent: number[] = [];

  function take(error: unknown): void {
    const at = now();
    recent = [...recent.filter((each) => each > at - MINUTE_MS), at];
    if (recent.length > MOST_PER_MINUTE) {
      giveUp(error);
      return;
    }
    try {
      onUncaught(error);
    } catch {
      // It counts above.
    }
  }

  // Node passes rejections that nothing handles on to the same event.
  process.on('uncaughtException', take);
  return take;
}
