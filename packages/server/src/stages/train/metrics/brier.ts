import { probabilityOf } from './class-probabilities.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Mean squared error of the probabilities: of the positive class for binary (0 to 1), summed over classes otherwise (0 to 2). */
export const brier: Metric = {
  id: 'brier',
  label: 'Brier score',
  tasks: CLASSIFICATION,
  direction: 'lower',
  compute(target, predictions) {
    const first = predictions.outputs === 1 ? 1 : 0;
    const classes = predictions.outputs === 1 ? 2 : predictions.outputs;
    let sum = 0;
    for (let row = 0; row < predictions.rows; row++) {
      for (let k = first; k < classes; k++) {
        sum += (probabilityOf(predictions, row, k) - (target[row] === k ? 1 : 0)) ** 2;
      }
    }
    return sum / predictions.rows;
  },
};
