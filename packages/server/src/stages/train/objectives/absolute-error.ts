import type { Objective } from './objective.ts';
import { quantile } from './quantile.ts';

const median = quantile(0.5, 'absolute-error');

/** The absolute error: twice the pinball loss of the median. */
export const absoluteError: Objective = {
  ...median,
  loss: (...given) => 2 * median.loss(...given),
  derivatives(margins, target, weights, rows, gradients, hessians) {
    median.derivatives(margins, target, weights, rows, gradients, hessians);
    const gradient = gradients[0]!;
    for (let i = 0; i < rows.length; i++) gradient[rows[i]!]! *= 2;
  },
};
