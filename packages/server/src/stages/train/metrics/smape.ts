import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/** Mean of 2 |y - p| / (|y| + |p|), between 0 and 2; a row of which both are zero counts as right. */
export const smape: Metric = {
  id: 'smape',
  label: 'sMAPE',
  tasks: REGRESSION,
  direction: 'lower',
  compute: (target, predictions) =>
    meanOver(target, predictions, (y, p) => {
      const size = Math.abs(y) + Math.abs(p);
      return size === 0 ? 0 : (2 * Math.abs(y - p)) / size;
    }),
};
