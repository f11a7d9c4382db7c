import { probabilityOf } from './class-probabilities.ts';
import { CLASSIFICATION, type Metric } from './metric.ts';

/** Probabilities are kept this far from 0 and 1, so that one sure and wrong answer does not make the loss infinite. */
const SMALLEST = 2 ** -52;

/** Mean negative logarithm of the probability given to the true class, in nats. */
export const logLoss: Metric = {
  id: 'log-loss',
  label: 'Log loss',
  tasks: CLASSIFICATION,
  direction: 'lower',
  compute(target, predictions) {
    let sum = 0;
    for (let row = 0; row < predictions.rows; row++) {
      const probability = probabilityOf(predictions, row, target[row]!);
      sum -= Math.log(Math.min(1 - SMALLEST, Math.max(SMALLEST, probability)));
    }
    return sum / predictions.rows;
  },
};
