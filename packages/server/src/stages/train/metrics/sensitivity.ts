import { tallyOf } from './confusion.ts';
import { BINARY, confusionMetric } from './metric.ts';

/**
 * Share of the positive rows that are answered as positive: recall by the name that medicine and screening use. Unlike recall it is
 * undefined, not 0, where there are no positive rows.
 */
export const sensitivity = confusionMetric({
  id: 'sensitivity',
  label: 'Sensitivity',
  tasks: BINARY,
  ofConfusion(confusion) {
    const { hit, actual } = tallyOf(confusion, 1);
    return hit / actual;
  },
});
