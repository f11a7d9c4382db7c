import { tallyOf } from './confusion.ts';
import { confusionMetric } from './metric.ts';

/** Mean recall over the classes that occur. */
export const balancedAccuracy = confusionMetric({
  id: 'balanced-accuracy',
  label: 'Balanced accuracy',
  ofConfusion(confusion) {
    let sum = 0;
    let present = 0;
    for (let k = 0; k < confusion.classes; k++) {
      const { hit, actual } = tallyOf(confusion, k);
      if (actual === 0) continue;
      sum += hit / actual;
      present++;
    }
    return sum / present;
  },
});
