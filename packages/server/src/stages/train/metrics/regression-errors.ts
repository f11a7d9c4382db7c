import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';

/** Mean over the rows of a function of truth and prediction. */
export function meanOver(
  target: TargetVector,
  predictions: Predictions,
  of: (truth: number, predicted: number) => number,
): number {
  let sum = 0;
  for (let row = 0; row < predictions.rows; row++) sum += of(target[row]!, predictions.values[row]!);
  return sum / predictions.rows;
}
