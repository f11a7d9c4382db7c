import { minimise } from '../../learners/linear/l-bfgs.ts';
import type { SearchState } from '../search-state.ts';

/** New margins are `slope` times the old ones plus `shift[output]`. */
export type Calibration = { slope: number; shift: number[] };

/** Nats of log loss, summed over the rows, that each fitted number must win to be believed (Akaike 1974: one). */
const NATS_FOR_EACH_NUMBER = 2;

/**
 * Temperature scaling with a shift (Platt 1999; Guo et al. 2017) fitted to held-out margins; null when it does not
 * lower the log loss by more than chance would. Regression needs none.
 */
export function calibrateMargins(
  state: SearchState,
  margins: Float64Array,
  rows: Int32Array,
): Calibration | null {
  const { data, objective, outputs } = state;
  if (data.task === 'regression') return null;
  // A shift of all classes of a softmax at once changes nothing, so multiclass has the slope alone.
  const numbers = outputs === 1 ? 2 : 1;
  const calibrated = new Float64Array(margins.length);
  const lossOf = (x: Float64Array) => {
    const slope = Math.exp(x[0]!);
    for (const row of rows) {
      for (let k = 0; k < outputs; k++) {
        const at = row * outputs + k;
        calibrated[at] = slope * margins[at]! + (numbers === 2 ? x[1]! : 0);
      }
    }
    return objective.loss(calibrated, data.target, data.weights, rows, outputs);
  };
  const options = { maxSteps: 50, gradientTolerance: 1e-7, valueTolerance: 1e-10, shouldStop: () => false };
  const start = new Float64Array(numbers);
  const { x, value } = minimise(withDifferences(lossOf), start, options);
  if ((lossOf(start) - value) * rows.length < NATS_FOR_EACH_NUMBER * numbers) return null;
  return { slope: Math.exp(x[0]!), shift: new Array<number>(outputs).fill(x[1] ?? 0) };
}

/** A gradient by central differences: one or two numbers do not need better. */
function withDifferences(f: (x: Float64Array) => number) {
  const step = 1e-4;
  return (x: Float64Array, gradient: Float64Array) => {
    for (let i = 0; i < x.length; i++) {
      const at = (delta: number) => f(x.map((value, j) => (j === i ? value + delta : value)));
      gradient[i] = (at(step) - at(-step)) / (2 * step);
    }
    return f(x);
  };
}
