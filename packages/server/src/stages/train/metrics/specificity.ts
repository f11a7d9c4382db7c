import { tallyOf } from './confusion.ts';
import { BINARY, confusionMetric } from './metric.ts';

/** Share of the negative rows that are answered as negative; undefined where there are none. */
export const specificity = confusionMetric({
  id: 'specificity',
  label: 'Specificity',
  tasks: BINARY,
  ofConfusion(confusion) {
    const { hit, actual } = tallyOf(confusion, 0);
    return hit / actual;
  },
});
