import { confusionOf } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/**
 * Matthews' correlation between truth and answers, for two classes or more (Gorodkin 2004): 1 is perfect, 0 no better
 * than chance, also where every answer is the same.
 */
export const mcc: Metric = {
  id: 'mcc',
  label: 'Matthews correlation',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const { classes, rows, counts } = confusionOf(target, predictions, threshold);
    if (rows === 0) return Number.NaN;
    let hits = 0;
    let [products, actualSquares, answeredSquares] = [0, 0, 0];
    for (let k = 0; k < classes; k++) {
      let [actual, answered] = [0, 0];
      for (let other = 0; other < classes; other++) {
        actual += counts[k * classes + other]!;
        answered += counts[other * classes + k]!;
      }
      hits += counts[k * classes + k]!;
      products += actual * answered;
      actualSquares += actual * actual;
      answeredSquares += answered * answered;
    }
    const spread = Math.sqrt((rows * rows - answeredSquares) * (rows * rows - actualSquares));
    return spread === 0 ? 0 : (hits * rows - products) / spread;
  },
};
