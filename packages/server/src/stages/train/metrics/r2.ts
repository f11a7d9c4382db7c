import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/** Share of the target's variance that the predictions explain; 0 is no better than the mean, NaN for a constant target. */
export const r2: Metric = {
  id: 'r2',
  label: 'R²',
  tasks: REGRESSION,
  direction: 'higher',
  compute(target, predictions) {
    const first = target[0] ?? 0;
    const mean = first + meanOver(target, predictions, (y) => y - first);
    const total = meanOver(target, predictions, (y) => (y - mean) ** 2);
    if (total === 0) return Number.NaN;
    return 1 - meanOver(target, predictions, (y, p) => (y - p) ** 2) / total;
  },
};
