import { confusionOf } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Share of rows answered rightly. */
export const accuracy: Metric = {
  id: 'accuracy',
  label: 'Accuracy',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const { classes, rows, counts } = confusionOf(target, predictions, threshold);
    let hits = 0;
    for (let k = 0; k < classes; k++) hits += counts[k * classes + k]!;
    return hits / rows;
  },
};
