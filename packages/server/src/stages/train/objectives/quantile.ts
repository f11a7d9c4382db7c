import type { Objective } from './objective.ts';
import { pointwise } from './pointwise.ts';
import { weightedQuantile } from './weighted-quantile.ts';

/** The pinball loss of a quantile (Koenker and Bassett 1978): too low costs `alpha`, too high `1 - alpha`. */
export function quantile(alpha: number, id = 'quantile'): Objective {
  return pointwise({
    id,
    link: 'identity',
    base: (target, weights, rows) => [weightedQuantile(rows, (row) => target[row]!, weights, alpha)],
    gradient: (margin, y) => (margin > y ? 1 - alpha : -alpha),
    // It has none; one row counts as one, and leaves are set by the residuals' quantile.
    hessian: () => 1,
    loss: (margin, y) => (margin > y ? (1 - alpha) * (margin - y) : alpha * (y - margin)),
    residualQuantile: alpha,
  });
}
