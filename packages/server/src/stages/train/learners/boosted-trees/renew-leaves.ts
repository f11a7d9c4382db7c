import { weightedQuantile } from '../../objectives/index.ts';
import type { Grower } from './grower.ts';
import type { GrownTree } from './grown-tree.ts';

/**
 * Gives each leaf the quantile of its rows' residuals, times the learning rate, within what bounds it: the best constant for
 * losses whose derivatives only tell the direction (Friedman 2001, section 4.3).
 */
export function renewLeaves(
  { params, nodes, weights }: Grower,
  { tree, leaves, rows }: GrownTree,
  residual: (row: number) => number,
  alpha: number,
): void {
  const limit = params.maxDelta > 0 ? params.maxDelta : Number.POSITIVE_INFINITY;
  for (const { node, begin, end } of leaves) {
    const { lower, upper } = nodes.bounds(node);
    const best = weightedQuantile(rows.subarray(begin, end), residual, weights, alpha);
    const bounded = Math.max(lower, -limit, Math.min(upper, limit, best));
    tree.value[node] = params.learningRate * bounded;
  }
}
