import { macroScore, ratioOrZero } from './confusion.ts';
import { confusionMetric } from './metric.ts';

/** Share of the rows answered as a class that are of it. Of the positive class for binary, macro for multiclass. */
export const precision = confusionMetric({
  id: 'precision',
  label: 'Precision',
  ofConfusion: (confusion) => macroScore(confusion, ({ hit, answered }) => ratioOrZero(hit, answered)),
});
