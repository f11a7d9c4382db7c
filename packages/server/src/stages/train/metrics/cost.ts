import { confusionOf } from './confusion.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Mean cost of an answer, of a row; not defined where nobody said what answers cost. */
export const cost: Metric = {
  id: 'cost',
  label: 'Mean cost',
  tasks: CLASSIFICATION,
  direction: 'lower',
  compute(target, predictions, options) {
    const { answerCosts } = options;
    if (answerCosts === undefined) return Number.NaN;
    const { classes, rows, counts } = confusionOf(target, predictions, options);
    let sum = 0;
    answerCosts.forEach((row, truth) => {
      row.forEach((each, answer) => {
        sum += each * counts[truth * classes + answer]!;
      });
    });
    return sum / rows;
  },
};
