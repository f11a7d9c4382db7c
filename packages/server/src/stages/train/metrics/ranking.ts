import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';
import { probabilitiesOf } from './class-probabilities.ts';

/** Rows by falling score. */
export function rankedRows(scores: Float64Array): Uint32Array {
  const rows = new Uint32Array(scores.length);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return rows.sort((a, b) => scores[b]! - scores[a]!);
}

/**
 * A measure of how well scores separate one class from the rest, of the positive class for binary, else the plain
 * mean over the classes for which it is defined (one against the rest).
 */
export function oneAgainstRest(
  target: TargetVector,
  predictions: Predictions,
  measure: (isClass: Uint8Array, scores: Float64Array) => number,
): number {
  const against = (k: number) =>
    measure(
      Uint8Array.from(target, (value) => (value === k ? 1 : 0)),
      probabilitiesOf(predictions, k),
    );
  if (predictions.outputs === 1) return against(1);
  const values = Array.from({ length: predictions.outputs }, (_, k) => against(k)).filter(Number.isFinite);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
