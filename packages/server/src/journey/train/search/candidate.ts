import type { LearnerId, LearnerParams } from '../learners/index.ts';
import type { TrialFit } from '../ports.ts';

/** A learner with parameters that the search may try. */
export type Candidate = { learner: LearnerId; params: LearnerParams };

/** A candidate fitted on folds: one fit for each, in the order of the plan's folds. */
export type Trial = {
  /** In the order in which trials were begun, from 1. */
  number: number;
  candidate: Candidate;
  fits: TrialFit[];
  /** Loss on each fold by the selected metric, lower being better. */
  losses: number[];
  /** Margins of each row from the fold it was held out of, row-major over all rows; 0 where no fold held it out. */
  margins: Float64Array;
  /** Of all its fits together. */
  seconds: number;
};

/** Of the finite ones; NaN when there is none. */
export function meanOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** Of the mean; 0 for a single value, about which nothing is known. */
export function standardErrorOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return 0;
  const mean = meanOf(finite);
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (finite.length - 1);
  return Math.sqrt(variance / finite.length);
}
