import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';

/** What a statistic is prepared from: all rows, or the rows of a subsample. */
export type Judged = {
  target: TargetVector;
  predictions: Predictions;
  threshold: number;
  quantile?: number;
};
