import { tallyOf } from './confusion.ts';
import { BINARY, confusionMetric } from './metric.ts';

/** Negative predictive value: share of the negative answers that are right; undefined where nothing is answered as negative. */
export const npv = confusionMetric({
  id: 'npv',
  label: 'Negative predictive value',
  tasks: BINARY,
  ofConfusion(confusion) {
    const { hit, answered } = tallyOf(confusion, 0);
    return hit / answered;
  },
});
