import type { Predictions } from '../../train/index.ts';
import type { Judged } from './judged.ts';

/** The truth and predictions of the given rows; of all when undefined. */
export function takeJudged(judged: Judged, rows: Int32Array | undefined): Judged {
  if (rows === undefined) return judged;
  return {
    ...judged,
    target: Float64Array.from(rows, (row) => judged.target[row]!),
    predictions: takePredictions(judged.predictions, rows),
  };
}

export function takePredictions({ outputs, values }: Predictions, rows: Int32Array): Predictions {
  const taken = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    for (let k = 0; k < outputs; k++) taken[i * outputs + k] = values[row * outputs + k]!;
  });
  return { rows: rows.length, outputs, values: taken };
}
