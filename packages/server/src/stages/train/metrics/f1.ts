import { macroScore, ratioOrZero } from './confusion.ts';
import { confusionMetric } from './metric.ts';

/** Harmonic mean of precision and recall. Of the positive class for binary, macro for multiclass. */
export const f1 = confusionMetric({
  id: 'f1',
  label: 'F1',
  ofConfusion: (confusion) =>
    macroScore(confusion, ({ hit, actual, answered }) => ratioOrZero(2 * hit, actual + answered)),
});
