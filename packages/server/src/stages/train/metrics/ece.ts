import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';
import { answeredClasses, probabilityOf } from './class-probabilities.ts';
import { equalMassBins } from './equal-mass-bins.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';
import { rankedRows } from './ranking.ts';

const BINS = 15;

/**
 * Expected calibration error over 15 bins of equal mass: the mean gap between stated probability and observed share.
 * Of the positive class for binary, of the answered class otherwise (Naeini et al. 2015; equal mass as Nixon et al. 2019).
 */
export const ece: Metric = {
  id: 'ece',
  label: 'Calibration error',
  tasks: CLASSIFICATION,
  direction: 'lower',
  compute(target, predictions) {
    const { stated, came } =
      predictions.outputs === 1 ? ofPositive(target, predictions) : ofTop(target, predictions);
    return calibrationError(stated, came);
  },
};

/**
 * Rows by stated probability are cut into bins of about equal size. Rows that state the same are in one bin, so that the figure does
 * not depend on the order of the rows: what always states the base rate has an error of 0.
 */
export function calibrationError(stated: Float64Array, came: Uint8Array, bins = BINS): number {
  const ranked = rankedRows(stated).reverse();
  const sorted = Float64Array.from(ranked, (row) => stated[row]!);
  let error = 0;
  for (const { from, to } of equalMassBins(sorted, bins)) {
    let [sum, hits] = [0, 0];
    for (let i = from; i < to; i++) {
      sum += sorted[i]!;
      hits += came[ranked[i]!]!;
    }
    error += Math.abs(sum - hits);
  }
  return error / ranked.length;
}

type Forecasts = { stated: Float64Array; came: Uint8Array };

function ofPositive(target: TargetVector, predictions: Predictions): Forecasts {
  return { stated: predictions.values, came: Uint8Array.from(target) };
}

function ofTop(target: TargetVector, predictions: Predictions): Forecasts {
  const answers = answeredClasses(predictions, { threshold: 0.5 });
  return {
    stated: Float64Array.from(answers, (k, row) => probabilityOf(predictions, row, k)),
    came: Uint8Array.from(answers, (k, row) => (target[row] === k ? 1 : 0)),
  };
}
