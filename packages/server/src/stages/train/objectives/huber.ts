import type { Objective } from './objective.ts';
import { pointwise } from './pointwise.ts';
import { weightedQuantile } from './weighted-quantile.ts';

/** Half the squared error up to `delta`, linear beyond (Huber 1964): outliers pull no harder than that. */
export function huber(delta: number): Objective {
  return pointwise({
    id: 'huber',
    link: 'identity',
    base: (target, weights, rows) => [weightedQuantile(rows, (row) => target[row]!, weights, 0.5)],
    gradient: (margin, y) => Math.max(-delta, Math.min(delta, margin - y)),
    // Nought beyond delta; one row counts as one, so that leaves of outliers alone stay within reason.
    hessian: () => 1,
    loss(margin, y) {
      const error = Math.abs(margin - y);
      return error <= delta ? 0.5 * error * error : delta * (error - 0.5 * delta);
    },
  });
}
