import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/** Truths nearer to zero than this make a relative error meaningless. */
const NEAR_ZERO = 1e-9;

/** Mean absolute error relative to the truth (0.1 is ten per cent); NaN when any truth is zero. */
export const mape: Metric = {
  id: 'mape',
  label: 'MAPE',
  tasks: REGRESSION,
  direction: 'lower',
  compute(target, predictions) {
    if (target.some((y) => Math.abs(y) < NEAR_ZERO)) return Number.NaN;
    return meanOver(target, predictions, (y, p) => Math.abs((y - p) / y));
  },
};
