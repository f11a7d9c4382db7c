import type { TargetVector, Task } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';

export type MetricOptions = {
  /** Binary: the positive class is answered when its probability is at least this. */
  threshold: number;
  /** Regression: which quantile the pinball loss is of; without one there is none. */
  quantile?: number;
};

/** A measure of quality. */
export type Metric = {
  id: string;
  label: string;
  tasks: readonly Exclude<Task, 'forecast'>[];
  /** Whether a higher or a lower value is better. */
  direction: 'higher' | 'lower';
  /** Whether a binary model's value depends on its decision threshold. */
  byThreshold?: true;
  /** NaN when the metric is not defined on these rows (a single class, no rows, a zero to divide by). */
  compute(target: TargetVector, predictions: Predictions, options: MetricOptions): number;
};

export const CLASSIFICATION = ['binary', 'multiclass'] as const;
export const REGRESSION = ['regression'] as const;
