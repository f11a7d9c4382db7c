import { confusionOf, macroScore, ratioOrZero } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Share of the rows answered as a class that are of it. Of the positive class for binary, macro for multiclass. */
export const precision: Metric = {
  id: 'precision',
  label: 'Precision',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const confusion = confusionOf(target, predictions, threshold);
    return macroScore(confusion, ({ hit, answered }) => ratioOrZero(hit, answered));
  },
};
