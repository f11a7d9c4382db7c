import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/** Mean absolute error, in the unit of the target. */
export const mae: Metric = {
  id: 'mae',
  label: 'MAE',
  tasks: REGRESSION,
  direction: 'lower',
  compute: (target, predictions) => meanOver(target, predictions, (y, p) => Math.abs(y - p)),
};
