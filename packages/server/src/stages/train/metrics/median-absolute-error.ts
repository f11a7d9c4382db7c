import { type Metric, REGRESSION } from './metric.ts';

/** Median of the absolute errors, in the unit of the target: half of the rows are off by less. */
export const medianAbsoluteError: Metric = {
  id: 'median-absolute-error',
  label: 'Median absolute error',
  tasks: REGRESSION,
  direction: 'lower',
  compute(target, predictions) {
    const errors = Float64Array.from(target, (y, row) => Math.abs(y - predictions.values[row]!)).sort();
    const middle = errors.length >> 1;
    if (errors.length === 0) return Number.NaN;
    return errors.length % 2 === 1 ? errors[middle]! : (errors[middle - 1]! + errors[middle]!) / 2;
  },
};
