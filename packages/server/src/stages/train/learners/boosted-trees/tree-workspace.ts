import type { BinnedMatrix } from './binned-feature.ts';
import type { HistogramLayout } from './histogram-layout.ts';
import { GROWN_BYTES, WORKSPACE, WORKSPACE_NUMBERS } from './kernels/kernel-layout.ts';
import type { Arena } from './kernels/kernel-memory.ts';
import type { TreeParams } from './params.ts';

/** Room in the kernels' memory for growing whole trees. */
export type TreeWorkspace = {
  whole: Int32Array;
  grown: { whole: Int32Array; numbers: Float64Array };
  open: Int32Array;
  order: Int32Array;
};

type Given = {
  arena: Arena;
  binned: BinnedMatrix;
  layout: HistogramLayout;
  params: TreeParams;
  weights: Float64Array | undefined;
};

/** Room for the trees of a grower, made once. */
export function treeWorkspace({ arena, binned, layout, params, weights }: Given): TreeWorkspace {
  const { leaves } = params;
  const nodes = 2 * leaves + 1;
  const whole = arena.int32(WORKSPACE_NUMBERS);
  const grown = arena.float64((nodes * GROWN_BYTES) / 8);
  const open = arena.int32(leaves);
  const order = arena.int32(leaves);
  const cells = arena.int32(binned.features.length);
  binned.columns.forEach(({ at, features }) => {
    for (const f of features) cells[f] = at;
  });
  whole[WORKSPACE.cells] = cells.byteOffset;
  whole[WORKSPACE.histograms] = arena.place(leaves * layout.bytes);
  whole[WORKSPACE.grown] = grown.byteOffset;
  whole[WORKSPACE.open] = open.byteOffset;
  whole[WORKSPACE.order] = order.byteOffset;
  whole[WORKSPACE.free] = arena.int32(leaves).byteOffset;
  if (weights) {
    const own = arena.float64(weights.length);
    own.set(weights);
    whole[WORKSPACE.weights] = own.byteOffset;
  }
  const views = { whole: new Int32Array(grown.buffer, grown.byteOffset, 2 * grown.length), numbers: grown };
  return { whole, grown: views, open, order };
}
