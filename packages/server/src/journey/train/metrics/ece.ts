import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';
import { answeredClasses, probabilityOf } from './class-probabilities.ts';
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

/** Rows in rank order are cut into bins whose sizes differ by one at most; ties may fall on both sides of a cut. */
export function calibrationError(stated: Float64Array, came: Uint8Array, bins = BINS): number {
  const ranked = rankedRows(stated);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * ranked.length) / bins);
    const to = Math.floor(((bin + 1) * ranked.length) / bins);
    let gap = 0;
    for (let i = from; i < to; i++) gap += stated[ranked[i]!]! - came[ranked[i]!]!;
    error += Math.abs(gap);
  }
  return error / ranked.length;
}

type Forecasts = { stated: Float64Array; came: Uint8Array };

function ofPositive(target: TargetVector, predictions: Predictions): Forecasts {
  return { stated: predictions.values, came: Uint8Array.from(target) };
}

function ofTop(target: TargetVector, predictions: Predictions): Forecasts {
  const answers = answeredClasses(predictions, 0.5);
  return {
    stated: Float64Array.from(answers, (k, row) => probabilityOf(predictions, row, k)),
    came: Uint8Array.from(answers, (k, row) => (target[row] === k ? 1 : 0)),
  };
}
