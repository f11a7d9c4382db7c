import {
  type Fold,
  foldCount,
  forwardFolds,
  groupFolds,
  sampledFold,
  stratifiedFolds,
  wholeFold,
} from '../folds.ts';
import { binFeatures } from '../learners/boosted-trees/index.ts';
import type { LearnerData } from '../learners/index.ts';
import type { TrainingData } from '../model.ts';
import { type Objective, outputsOf } from '../objectives/index.ts';
import { objectiveOfSearch, weightsForMetric } from './follow-metric.ts';
import type { SearchGoal } from './search-goal.ts';
import { type Selection, usualSelection } from './selection.ts';

/** What every step of a search looks at. */
export type SearchState = {
  data: LearnerData;
  objective: Objective;
  selection: Selection;
  outputs: number;
  seed: number;
  /** Whether rows are in time order, so that the past may not be judged by the future. */
  forward: boolean;
  /** The folds to judge by, after them the one with all rows, and where rows are many a sample of the first. */
  folds: Fold[];
  /** Index of the fold with all rows. */
  whole: number;
  /** Index of the sampled fold; null where rows are few. */
  sampled: number | null;
};

export type StateOptions = {
  seed: number;
  forward?: boolean;
  /** Group of each row; folds never part a group. */
  groups?: Int32Array | undefined;
  selection?: Selection | undefined;
  goal?: SearchGoal;
};

/** Rows of the first fold from which a look at a part of them is worth a rung of its own. */
const MANY_ROWS = 12_000;

export function searchState(data: TrainingData, options: StateOptions): SearchState {
  const { seed, forward = false, groups } = options;
  const rows = data.features.rows;
  const selection = options.selection ?? usualSelection(data.task);
  const weights = weightsForMetric(data, selection);
  const folds = foldsOf(data, options);
  const count = folds.length;
  const many = folds[0]!.train.length >= MANY_ROWS;
  return {
    data: { ...data, ...(weights && { weights }), binned: binFeatures(data.features) },
    objective: objectiveOfSearch(data.task, selection, options.goal ?? {}),
    selection,
    outputs: outputsOf(data),
    seed,
    forward: forward && groups === undefined,
    folds: [...folds, wholeFold(rows), ...(many ? [sampledFold(folds[0]!)] : [])],
    whole: count,
    sampled: many ? count + 1 : null,
  };
}

function foldsOf(data: TrainingData, { seed, forward, groups }: StateOptions): Fold[] {
  const count = foldCount(data, groups);
  if (groups !== undefined) return groupFolds(data, groups, count, seed);
  return forward ? forwardFolds(data.features.rows, count) : stratifiedFolds(data.target, count, seed);
}
