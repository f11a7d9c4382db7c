import { type Metric, REGRESSION } from './metric.ts';
import { meanOver } from './regression-errors.ts';

/**
 * Mean pinball loss at a quantile (Koenker and Bassett 1978): the quantile minimises it, so at 0.9 a prediction too low
 * costs nine times one too high. At one half it is half the mean absolute error. NaN where no quantile is asked for.
 */
export const pinball: Metric = {
  id: 'pinball',
  label: 'Pinball loss',
  tasks: REGRESSION,
  direction: 'lower',
  compute(target, predictions, { quantile }) {
    if (quantile === undefined) return Number.NaN;
    return meanOver(target, predictions, (y, p) => (y >= p ? quantile * (y - p) : (1 - quantile) * (p - y)));
  },
};
