import { type Fold, foldCount, forwardFolds, stratifiedFolds, wholeFold } from '../folds.ts';
import { binFeatures } from '../learners/boosted-trees/index.ts';
import type { LearnerData } from '../learners/index.ts';
import type { TrainingData } from '../model.ts';
import { OBJECTIVE_OF_TASK, type Objective, outputsOf } from '../objectives/index.ts';

/** What every step of a search looks at. */
export type SearchState = {
  data: LearnerData;
  objective: Objective;
  outputs: number;
  seed: number;
  /** Whether rows are in time order, so that the past may not be judged by the future. */
  forward: boolean;
  /** The folds to judge by, and after them the one with all rows. */
  folds: Fold[];
  /** Index of the fold with all rows. */
  whole: number;
};

export function searchState(data: TrainingData, seed: number, forward: boolean): SearchState {
  const count = foldCount(data);
  const rows = data.features.rows;
  const folds = forward ? forwardFolds(rows, count) : stratifiedFolds(data.target, count, seed);
  return {
    data: { ...data, binned: binFeatures(data.features) },
    objective: OBJECTIVE_OF_TASK[data.task],
    outputs: outputsOf(data),
    seed,
    forward,
    folds: [...folds, wholeFold(rows)],
    whole: count,
  };
}

/** Loss of margins over all rows on the given ones, in the unit of the task's primary metric. */
export function primaryLoss(state: SearchState, margins: Float64Array, rows: Int32Array): number {
  const { data, objective, outputs } = state;
  const loss = objective.loss(margins, data.target, data.weights, rows, outputs);
  return data.task === 'regression' ? Math.sqrt(2 * loss) : loss;
}
