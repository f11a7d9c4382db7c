import { confusionOf, tallyOf } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Mean recall over the classes that occur. */
export const balancedAccuracy: Metric = {
  id: 'balanced-accuracy',
  label: 'Balanced accuracy',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const confusion = confusionOf(target, predictions, threshold);
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
};
