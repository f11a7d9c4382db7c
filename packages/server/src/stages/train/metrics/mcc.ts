import { tallyOf } from './confusion.ts';
import { confusionMetric } from './metric.ts';

/**
 * Matthews' correlation between truth and answers, for two classes or more (Gorodkin 2004): 1 is perfect, 0 no better
 * than chance, also where every answer is the same.
 */
export const mcc = confusionMetric({
  id: 'mcc',
  label: 'Matthews correlation',
  ofConfusion(confusion) {
    const { classes, rows } = confusion;
    if (rows === 0) return Number.NaN;
    let [hits, products, actualSquares, answeredSquares] = [0, 0, 0, 0];
    for (let k = 0; k < classes; k++) {
      const { hit, actual, answered } = tallyOf(confusion, k);
      hits += hit;
      products += actual * answered;
      actualSquares += actual * actual;
      answeredSquares += answered * answered;
    }
    const spread = Math.sqrt((rows * rows - answeredSquares) * (rows * rows - actualSquares));
    return spread === 0 ? 0 : (hits * rows - products) / spread;
  },
});
