import type { Residuals } from '../making/screen-recipes.ts';
import { applyLink } from '../predict.ts';
import type { SearchState } from './search-state.ts';

/** What held-out margins (over all rows) missed of the given rows: of classes, of each class's share. */
export function heldOutResiduals(state: SearchState, margins: Float64Array, rows: Int32Array): Residuals {
  const { data, objective, outputs } = state;
  const chosen = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    chosen.set(margins.subarray(row * outputs, (row + 1) * outputs), i * outputs);
  });
  const { values } = applyLink({ link: objective.link, outputs }, chosen);
  const told = (row: number, k: number) =>
    outputs === 1 ? data.target[row]! : Number(data.target[row] === k);
  const byOutput = Array.from({ length: outputs }, (_, k) =>
    Float64Array.from(rows, (row, i) => told(row, k) - values[i * outputs + k]!),
  );
  return { rows, byOutput };
}
