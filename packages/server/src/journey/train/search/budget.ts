import type { Clock } from '../../../kernel/index.ts';

/** Wall-clock time given, running since it was made. */
export type Budget = {
  seconds: number;
  elapsed(): number;
  /** Seconds left until `share` of the budget is spent; never negative. */
  leftUntil(share: number): number;
};

export function startBudget(clock: Clock, seconds: number): Budget {
  const started = clock.monotonic();
  const elapsed = () => (clock.monotonic() - started) / 1000;
  return { seconds, elapsed, leftUntil: (share) => Math.max(0, seconds * share - elapsed()) };
}
