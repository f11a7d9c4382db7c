import type { Clock } from '../../../kernel/index.ts';

/** Wall-clock time given, running since it was made. */
export type Budget = {
  seconds: number;
  elapsed(): number;
  /** Seconds left until `share` of the budget is spent; never negative. */
  leftUntil(share: number): number;
};

/** `spent` seconds of it are gone already, in a former life. */
export function startBudget(clock: Clock, seconds: number, spent = 0): Budget {
  const started = clock.monotonic();
  const elapsed = () => spent + (clock.monotonic() - started) / 1000;
  return { seconds, elapsed, leftUntil: (share) => Math.max(0, seconds * share - elapsed()) };
}
