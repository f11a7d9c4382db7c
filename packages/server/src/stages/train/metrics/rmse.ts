import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/** Root of the mean squared error, in the unit of the target. */
export const rmse: Metric = {
  id: 'rmse',
  label: 'RMSE',
  tasks: REGRESSION,
  direction: 'lower',
  compute: (target, predictions) => Math.sqrt(meanOver(target, predictions, (y, p) => (y - p) ** 2)),
};
