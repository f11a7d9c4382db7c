import type { Random } from '../../../../kernel/index.ts';
import type { BinnedMatrix } from './binned-feature.ts';
import type { Derivatives, HistogramBench } from './build-histogram.ts';
import { histogramLayout } from './histogram-layout.ts';
import { type HistogramPool, histogramPool } from './histogram-pool.ts';
import { openTreeKernels, type TreeKernels } from './kernels/tree-kernels.ts';
import type { BoostedTreesParams } from './params.ts';

/** What all trees of a fit share. Its arrays lie in the kernels' memory, so a fit has a grower of its own. */
export type Grower = HistogramBench & {
  params: BoostedTreesParams;
  weights: Float64Array | undefined;
  random: Random;
  pool: HistogramPool;
  /** Of each output, for all rows of the data. */
  derivatives: Derivatives[];
  rows: Int32Array;
  riders: Int32Array;
  scratch: Int32Array;
  goesLeft: Uint8Array;
};

export type GrowerOptions = {
  params: BoostedTreesParams;
  weights: Float64Array | undefined;
  outputs: number;
  /** Rows and riders of a tree at most. */
  capacity: { rows: number; riders: number };
  random: Random;
};

export function makeGrower(
  matrix: BinnedMatrix,
  { params, weights, outputs, capacity, random }: GrowerOptions,
): Grower {
  const kernels = openTreeKernels();
  const layout = histogramLayout(matrix);
  return {
    kernels,
    binned: copyInto(kernels, matrix),
    params,
    weights,
    random,
    layout,
    pool: histogramPool(kernels, layout.length),
    columns: kernels.columns(matrix.features.length),
    derivatives: Array.from({ length: outputs }, () => ({
      gradient: kernels.float32(matrix.rows),
      hessian: kernels.float32(matrix.rows),
    })),
    rows: kernels.int32(capacity.rows),
    riders: kernels.int32(capacity.riders),
    pairs: kernels.float32(2 * capacity.rows),
    scratch: kernels.int32(Math.max(capacity.rows, capacity.riders) + 1),
    goesLeft: kernels.bytes(256),
  };
}

/** The same matrix with its bins where the kernels can read them: a byte for each cell. */
function copyInto(kernels: TreeKernels, { rows, features, bundles }: BinnedMatrix): BinnedMatrix {
  const copy = (bins: Uint8Array) => {
    const own = kernels.bytes(bins.length);
    own.set(bins);
    return own;
  };
  return {
    rows,
    features: features.map((feature) => ({ ...feature, bins: copy(feature.bins) })),
    bundles: bundles.map((bundle) => ({ ...bundle, bins: copy(bundle.bins) })),
  };
}
