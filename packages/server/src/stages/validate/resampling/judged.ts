import type { TargetVector } from '../../prepare/index.ts';
import type { MetricOptions, Predictions } from '../../train/index.ts';

/** What a statistic is prepared from: all rows, or the rows of a subsample. */
export type Judged = MetricOptions & {
  target: TargetVector;
  predictions: Predictions;
};
