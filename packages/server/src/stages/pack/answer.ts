import type { Preparation } from '../prepare/index.ts';
import { decidedPlace } from '../train/index.ts';
import type { Decision, GoldenPrediction } from './model.ts';

/**
 * Probabilities by class of row `row`, in the order of `classes`, from model outputs: for binary the probability of
 * the positive class is given and the other one follows.
 */
export function classProbabilities(values: Float64Array, outputs: number, row: number): number[] {
  if (outputs > 1) return [...values.subarray(row * outputs, (row + 1) * outputs)];
  const positive = values[row]!;
  return [1 - positive, positive];
}

/** Index of the class that is answered: by threshold for two classes, else as {@link decidedPlace} says. */
export function decidedClass(probabilities: readonly number[], decision: Decision): number {
  if (probabilities.length === 2) return probabilities[1]! >= decision.threshold ? 1 : 0;
  return decidedPlace(probabilities, 0, probabilities.length, decision.costMatrix);
}

/** The answer to one row as a caller sees it. `values` holds `outputs` numbers for each row, after the link. */
export function answerOf(
  preparation: Pick<Preparation, 'task' | 'classes'>,
  decision: Decision,
  predictions: { outputs: number; values: Float64Array },
  row: number,
): GoldenPrediction {
  if (preparation.classes.length === 0) return { value: predictions.values[row]! };
  const probabilities = classProbabilities(predictions.values, predictions.outputs, row);
  const named = preparation.classes.map((name, index): [string, number] => [name, probabilities[index]!]);
  return {
    value: preparation.classes[decidedClass(probabilities, decision)]!,
    probabilities: Object.fromEntries(named),
  };
}

/**
 * The same for every row at once, column by column: the place of the answered class, and by class its probability. `classes`
 * is how many there are, two at least.
 */
export function decidedClasses(
  values: Float64Array,
  rows: number,
  classes: number,
  decision: Decision,
): { codes: Int32Array; shares: Float64Array[] } {
  const codes = new Int32Array(rows);
  const shares = Array.from({ length: classes }, () => new Float64Array(rows));
  const outputs = values.length / rows;
  for (let row = 0; row < rows; row++) {
    const probabilities = classProbabilities(values, outputs, row);
    codes[row] = decidedClass(probabilities, decision);
    for (let k = 0; k < classes; k++) shares[k]![row] = probabilities[k]!;
  }
  return { codes, shares };
}
