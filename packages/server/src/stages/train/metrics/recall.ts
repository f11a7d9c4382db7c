import { macroScore, ratioOrZero } from './confusion.ts';
import { confusionMetric } from './metric.ts';

/** Share of the rows of a class that are answered as it. Of the positive class for binary, macro for multiclass. */
export const recall = confusionMetric({
  id: 'recall',
  label: 'Recall',
  ofConfusion: (confusion) => macroScore(confusion, ({ hit, actual }) => ratioOrZero(hit, actual)),
});
