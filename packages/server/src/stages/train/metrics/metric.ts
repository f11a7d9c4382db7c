import type { TargetVector, Task } from '../../prepare/index.ts';
import type { CostMatrix, DecisionRule } from '../decision.ts';
import type { Predictions } from '../model.ts';
import { type Confusion, confusionOf } from './confusion.ts';

export type MetricOptions = DecisionRule & {
  /** What answers cost, where somebody said so. */
  answerCosts?: CostMatrix;
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
  /** Of metrics that look at answers alone, and so depend on how probabilities become a class. */
  ofConfusion?(confusion: Confusion): number;
  /** NaN when the metric is not defined on these rows (a single class, no rows, a zero to divide by). */
  compute(target: TargetVector, predictions: Predictions, options: MetricOptions): number;
};

export const CLASSIFICATION = ['binary', 'multiclass'] as const;
export const BINARY = ['binary'] as const;
export const REGRESSION = ['regression'] as const;

/** A metric that looks at answers alone. */
export function confusionMetric(
  metric: Omit<Metric, 'tasks' | 'direction' | 'compute' | 'ofConfusion'> & {
    /** Both kinds of classes when left out. */
    tasks?: Metric['tasks'];
    ofConfusion: (confusion: Confusion) => number;
  },
): Metric {
  return {
    tasks: CLASSIFICATION,
    ...metric,
    direction: 'higher',
    compute: (target, predictions, options) => metric.ofConfusion(confusionOf(target, predictions, options)),
  };
}
