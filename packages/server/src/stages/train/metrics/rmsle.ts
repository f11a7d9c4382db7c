import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/**
 * Root mean squared error of log(1 + y): relative errors, those below the truth weighing more. NaN when any truth is
 * -1 or less; predictions below 0 count as 0.
 */
export const rmsle: Metric = {
  id: 'rmsle',
  label: 'RMSLE',
  tasks: REGRESSION,
  direction: 'lower',
  compute(target, predictions) {
    if (target.some((y) => y <= -1)) return Number.NaN;
    const squared = (y: number, p: number) => (Math.log1p(y) - Math.log1p(Math.max(0, p))) ** 2;
    return Math.sqrt(meanOver(target, predictions, squared));
  },
};
