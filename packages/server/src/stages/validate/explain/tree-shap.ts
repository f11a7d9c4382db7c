import type { Tree } from '../../train/index.ts';
import { openShapKernel } from './kernels/shap-kernel.ts';
import { layOutShapTrees } from './shap-trees.ts';

export type TreeShap = {
  /** What the trees add to each output on average over the training rows. */
  expected: Float64Array;
  /**
   * The Shapley values of one row, `[output * features + feature]`: with `expected` they sum to what the trees add to the
   * margins of the row. The array is the same at every call.
   */
  explain(row: Float32Array): Float64Array;
};

/**
 * Exact path-dependent SHAP values of trees (Lundberg et al. 2020, "From local explanations to global understanding"):
 * features that are not known go both ways, by the shares of the training rows.
 *
 * The Shapley value of a feature is the integral over t in [0, 1] of the slope, in that feature, of the tree's
 * multilinear extension with every feature known with probability t (Owen 1972). For a leaf the extension is a product over
 * the features of its path of `share * (1 - t) + holds * t`: a polynomial in t, which the Gauss–Legendre rule integrates
 * exactly with half as many points as the path has features; each tree has the rule of its own. So two passes over each tree suffice, down for products and
 * up for their sums, as in Linear TreeSHAP (Yu et al. 2022), without solving for coefficients.
 *
 * An instance serves one thread at a time.
 */
export function compileTreeShap(trees: readonly Tree[], outputs: number, features: number): TreeShap {
  const laidOut = layOutShapTrees(trees, outputs);
  const kernel = openShapKernel(laidOut, features);
  return {
    expected: laidOut.expected,
    explain: (row) => {
      kernel.row.set(row);
      kernel.contributions.fill(0);
      kernel.explain();
      return kernel.contributions;
    },
  };
}
