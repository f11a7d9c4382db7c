import { normalQuantile, normalTwoSided } from '../probability/index.ts';
import type { DriftTest, Moments } from './drift-test.ts';

/**
 * The difference of the means in standard deviations of the training data. It sees what bins cannot: a change inside
 * a wide bin, such as the share of ones in a column of zeros and ones. The larger of both variances is taken, so that
 * one enormous value, which moves the mean and the variance together, does not look like evidence.
 */
export const meanShift: DriftTest = {
  id: 'mean-shift',
  measure: 'shift of the mean in standard deviations',
  kinds: ['number'],
  of: 'values',
  threshold: 0.1,
  about: 'The mean moved up or down.',
  find({ reference, window, moments }, alpha) {
    if (moments === undefined || reference.present === 0 || window.present < 2) return null;
    const variance = Math.max(square(moments.reference), square(moments.window));
    if (moments.reference.standardDeviation <= 0 || variance <= 0) return null;
    const unit = moments.reference.standardDeviation;
    const error = Math.sqrt(variance * (1 / reference.present + 1 / window.present)) / unit;
    const effect = Math.abs(moments.window.mean - moments.reference.mean) / unit;
    return { effect, chance: normalQuantile(1 - alpha / 2) * error, pValue: normalTwoSided(effect / error) };
  },
};

function square({ standardDeviation }: Moments): number {
  return standardDeviation ** 2;
}
