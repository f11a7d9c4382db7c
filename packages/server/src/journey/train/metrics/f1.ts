import { confusionOf, macroScore, ratioOrZero } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Harmonic mean of precision and recall. Of the positive class for binary, macro for multiclass. */
export const f1: Metric = {
  id: 'f1',
  label: 'F1',
  tasks: CLASSIFICATION,
  direction: 'higher',
  byThreshold: true,
  compute(target, predictions, { threshold }) {
    const confusion = confusionOf(target, predictions, threshold);
    return macroScore(confusion, ({ hit, actual, answered }) => ratioOrZero(2 * hit, actual + answered));
  },
};
