import { confusionMetric } from './metric.ts';

/** Share of rows answered rightly. */
export const accuracy = confusionMetric({
  id: 'accuracy',
  label: 'Accuracy',
  ofConfusion({ classes, rows, counts }) {
    let hits = 0;
    for (let k = 0; k < classes; k++) hits += counts[k * classes + k]!;
    return hits / rows;
  },
});
