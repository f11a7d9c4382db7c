import type { TrialFit } from '../ports.ts';
import type { Candidate } from './suggest/candidate.ts';

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
