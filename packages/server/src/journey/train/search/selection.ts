import { PRIMARY_METRIC } from '../metrics/index.ts';
import type { Metric } from '../metrics/metric.ts';
import { applyLink } from '../predict.ts';
import { bestThreshold } from './choose-threshold.ts';
import type { SearchState } from './search-state.ts';

/** What trials are judged by. */
export type Selection = {
  metric: Metric;
  /** Which quantile the pinball loss is of. */
  quantile?: number;
};

/**
 * Loss of margins over all rows on the given ones, lower being better: the selected metric, or what it lacks of 1 where
 * higher is better (1 is the best of all such). A binary metric that depends on the threshold is taken where it is best. NaN where the metric is undefined.
 */
export function primaryLoss(state: SearchState, margins: Float64Array, rows: Int32Array): number {
  const { metric, quantile } = state.selection;
  const { data, objective, outputs } = state;
  if (metric.id === 'log-loss') return objective.loss(margins, data.target, data.weights, rows, outputs);
  const chosen = new Float64Array(rows.length * outputs);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < outputs; k++) chosen[i * outputs + k] = margins[rows[i]! * outputs + k]!;
  }
  const predictions = applyLink({ link: objective.link, outputs }, chosen);
  const target = Float64Array.from(rows, (row) => data.target[row]!);
  if (metric.id === 'rmse' && data.weights)
    return weightedRmse(target, predictions.values, data.weights, rows);
  if (data.task === 'binary' && metric.ofConfusion)
    return 1 - bestThreshold(target, predictions.values, metric.ofConfusion).score;
  const options = quantile === undefined ? { threshold: 0.5 } : { threshold: 0.5, quantile };
  return lossOf(metric, metric.compute(target, predictions, options));
}

/** A metric's value as a loss. */
function lossOf({ direction }: Metric, value: number): number {
  return direction === 'higher' ? 1 - value : value;
}

/** A loss as the metric's value; the inverse of what {@link primaryLoss} does. */
export function metricValue({ metric }: Selection, loss: number): number {
  return metric.direction === 'higher' ? 1 - loss : loss;
}

/** Whether the metric takes notably longer than a pass over the rows: rankings sort. */
export function isCostly({ metric }: Selection): boolean {
  return metric.id === 'roc-auc' || metric.id === 'pr-auc' || metric.ofConfusion !== undefined;
}

/** The metric that nobody asked for. */
export function usualSelection(task: keyof typeof PRIMARY_METRIC): Selection {
  return { metric: PRIMARY_METRIC[task] };
}

function weightedRmse(
  target: Float64Array,
  values: Float64Array,
  weights: Float64Array,
  rows: Int32Array,
): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const weight = weights[rows[i]!]!;
    sum += weight * (target[i]! - values[i]!) ** 2;
    total += weight;
  }
  return Math.sqrt(sum / total);
}
