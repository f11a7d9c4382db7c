import { confusionOf, macroScore, ratioOrZero } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Share of the rows of a class that are answered as it. Of the positive class for binary, macro for multiclass. */
export const recall: Metric = {
  id: 'recall',
  label: 'Recall',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const confusion = confusionOf(target, predictions, threshold);
    return macroScore(confusion, ({ hit, actual }) => ratioOrZero(hit, actual));
  },
};
