import { applyLink } from '../predict.ts';
import { fromUnits, predictionsFromUnits } from '../target-units.ts';
import { bestThreshold } from './decision/best-threshold.ts';
import type { SearchState } from './search-state.ts';
import { lossOf } from './selection.ts';

/**
 * Loss of margins over all rows on the given ones, lower being better: the selected metric in the target's own units, or
 * what it lacks of 1 where higher is better (1 is the best of all such). A binary metric that depends on the threshold is taken where it is
 * best. NaN where the metric is undefined.
 */
export function primaryLoss(state: SearchState, margins: Float64Array, rows: Int32Array): number {
  const { metric, quantile } = state.selection;
  const { data, objective, outputs, units } = state;
  if (metric.id === 'log-loss') return objective.loss(margins, data.target, data.weights, rows, outputs);
  const chosen = new Float64Array(rows.length * outputs);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < outputs; k++) chosen[i * outputs + k] = margins[rows[i]! * outputs + k]!;
  }
  const predictions = predictionsFromUnits(applyLink({ link: objective.link, outputs }, chosen), units);
  const target = fromUnits(
    Float64Array.from(rows, (row) => data.target[row]!),
    units,
  );
  if (metric.id === 'rmse' && data.weights)
    return weightedRmse(target, predictions.values, data.weights, rows);
  if (data.task === 'binary' && metric.ofConfusion)
    return 1 - bestThreshold(target, predictions.values, metric.ofConfusion).score;
  const options = quantile === undefined ? { threshold: 0.5 } : { threshold: 0.5, quantile };
  return lossOf(metric, metric.compute(target, predictions, options));
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
