import { type DecisionRule, decidedPlace } from '../decision.ts';
import type { Predictions } from '../model.ts';

/** How many classes the predictions speak of: two when there is one output. */
export function classCount(predictions: Predictions): number {
  return predictions.outputs === 1 ? 2 : predictions.outputs;
}

/** Probability of class `k` in one row; binary predictions hold the positive class only. */
export function probabilityOf(predictions: Predictions, row: number, k: number): number {
  const { outputs, values } = predictions;
  if (outputs > 1) return values[row * outputs + k]!;
  return k === 1 ? values[row]! : 1 - values[row]!;
}

/** The probabilities of class `k`, one for each row. */
export function probabilitiesOf(predictions: Predictions, k: number): Float64Array {
  return Float64Array.from({ length: predictions.rows }, (_, row) => probabilityOf(predictions, row, k));
}

/** The answered class of each row: by threshold for binary, else of least expected cost or the most probable one (the first of equals). */
export function answeredClasses(predictions: Predictions, rule: DecisionRule): Int32Array {
  const { rows, outputs, values } = predictions;
  const { threshold, costMatrix } = rule;
  const answers = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (outputs === 1) answers[row] = values[row]! >= threshold ? 1 : 0;
    else answers[row] = decidedPlace(values, row * outputs, outputs, costMatrix);
  }
  return answers;
}
