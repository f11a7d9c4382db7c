import type { LearnerId, LearnerParams } from '../learners/index.ts';
import type { TrialFit } from '../ports.ts';

/** A learner with parameters that the search may try. */
export type Candidate = { learner: LearnerId; params: LearnerParams };

/** A candidate fitted on folds: one fit for each, in the order of the plan's folds. */
export type Trial = {
  candidate: Candidate;
  fits: TrialFit[];
  /** Loss on each fold in the unit of the primary metric. */
  losses: number[];
  /** Margins of each row from the fold it was held out of, row-major over all rows; 0 where no fold held it out. */
  margins: Float64Array;
  /** Of all its fits together. */
  seconds: number;
};

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean; 0 for a single value, about which nothing is known. */
export function standardErrorOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}
