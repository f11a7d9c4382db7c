import { type Clock, type TimeAllowance, timeAllowance } from '../../kernel/index.ts';

/** Share of the training budget that optimizing and packing take together at most, or so many seconds if that is more. */
const SHARE_OF_BUDGET = 1 / 3;
const LEAST_SECONDS = 10;

/** The time that is left for optimizing and packing, counted from now on. */
export function finishingTime(clock: Clock, budgetSeconds: number): TimeAllowance {
  return timeAllowance(clock, finishingSeconds(budgetSeconds));
}

export function finishingSeconds(budgetSeconds: number): number {
  return Math.max(LEAST_SECONDS, SHARE_OF_BUDGET * budgetSeconds);
}

/** What optimizing may take of it; what is left is for packing. */
export const SHARE_OF_OPTIMIZING = 0.4;

/** What the explanation may take of the time for packing: model, graph and comparison take the rest. */
export const SHARE_OF_EXPLAINING = 0.5;
