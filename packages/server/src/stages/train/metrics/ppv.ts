import { tallyOf } from './confusion.ts';
import { BINARY, confusionMetric } from './metric.ts';

/**
 * Positive predictive value: share of the positive answers that are right, which is precision. Unlike precision it is undefined,
 * not 0, where nothing is answered as positive.
 */
export const ppv = confusionMetric({
  id: 'ppv',
  label: 'Positive predictive value',
  tasks: BINARY,
  ofConfusion(confusion) {
    const { hit, answered } = tallyOf(confusion, 1);
    return hit / answered;
  },
});
