import type { Clock } from './clock.ts';

/**
 * Wall-clock time that work may take. Work asks between its steps and ends early with what it has; nothing is interrupted.
 * Under a clock that stands still it is never spent.
 */
export type TimeAllowance = {
  /** Seconds left; never negative. */
  left(): number;
  isSpent(): boolean;
  /** A share of the seconds that are left now, counted from now on. */
  part(share: number): TimeAllowance;
};

export function timeAllowance(clock: Clock, seconds: number): TimeAllowance {
  const end = clock.monotonic() + seconds * 1000;
  const left = () => Math.max(0, (end - clock.monotonic()) / 1000);
  return {
    left,
    isSpent: () => left() === 0,
    part: (share) => timeAllowance(clock, share * left()),
  };
}
