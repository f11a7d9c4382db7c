import { kolmogorovQuantile, kolmogorovSurvival } from '../probability/index.ts';
import type { DriftTest, Sample } from './drift-test.ts';

/**
 * The largest gap between both cumulative distributions, read at the bin edges. Between edges the gap may be larger,
 * so the p-value of Kolmogorov's limit errs on the side of no alarm.
 */
export const kolmogorovSmirnov: DriftTest = {
  id: 'kolmogorov-smirnov',
  measure: 'KS distance',
  kinds: ['number'],
  of: 'values',
  threshold: 0.1,
  about: 'The cumulative distribution moved.',
  find({ reference, window }, alpha) {
    if (reference.present === 0 || window.present === 0) return null;
    const effect = Math.max(...cumulativeGaps(reference, window).map(Math.abs));
    const root = Math.sqrt(1 / reference.present + 1 / window.present);
    return { effect, chance: kolmogorovQuantile(alpha) * root, pValue: kolmogorovSurvival(effect / root) };
  },
};

/** F_window - F_reference at the upper edge of every cell. */
export function cumulativeGaps(reference: Sample, window: Sample): number[] {
  let gap = 0;
  return reference.cells.map((count, cell) => {
    gap += window.cells[cell]! / window.present - count / reference.present;
    return gap;
  });
}
