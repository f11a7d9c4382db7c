import { type BinnedMatrix, type Bundle, type BundleMember, binCount } from './binned-feature.ts';
import { bundleBin } from './bundle-features.ts';
import { BIN_WIDTH, type HistogramLayout } from './histogram-layout.ts';
import type { ColumnTable, TreeKernels } from './kernels/tree-kernels.ts';

/** First and second derivatives, one for each row of the data. */
export type Derivatives = { gradient: Float32Array; hessian: Float32Array };

/** What building histograms needs beside the rows, in the kernels' memory. */
export type HistogramBench = {
  kernels: TreeKernels;
  binned: BinnedMatrix;
  layout: HistogramLayout;
  columns: ColumnTable;
  /** Gradient and hessian of each row of a node, in the node's order: the kernel reads them in one stream. */
  pairs: Float32Array;
};

/** A bundle that stands in for those of its members that are wanted. */
type Packed = { bundle: Bundle; members: BundleMember[]; offset: number };

/** Lists the columns for the given features, bundles in place of their members, and returns those bundles. */
export function chooseColumns(bench: HistogramBench, features: Int32Array): Packed[] {
  const { binned, layout, columns } = bench;
  const wanted = new Uint8Array(binned.features.length);
  for (const f of features) wanted[f] = 1;
  columns.clear();
  const packed: Packed[] = [];
  binned.bundles.forEach((bundle, b) => {
    const members = bundle.members.filter(({ feature }) => wanted[feature]);
    if (members.length < 2) return;
    const offset = layout.bundleOffsets[b]!;
    columns.add(bundle.bins, offset);
    packed.push({ bundle, members, offset });
    for (const { feature } of members) wanted[feature] = 0;
  });
  for (const f of features) if (wanted[f]) columns.add(binned.features[f]!.bins, layout.offsets[f]!);
  return packed;
}

/** Fills a zeroed histogram with rows[begin … end) of the columns last chosen, with what was returned then. */
export function buildHistogram(
  bench: HistogramBench,
  histogram: Float64Array,
  packed: readonly Packed[],
  rows: Int32Array,
  begin: number,
  end: number,
  { gradient, hessian }: Derivatives,
): void {
  const { kernels, columns, pairs } = bench;
  kernels.gather(rows, begin, end, gradient, hessian, pairs);
  kernels.accumulate(histogram, columns, rows, begin, end, pairs);
  for (const { bundle, members, offset } of packed) {
    const total = totalOf(histogram, offset, bundle.binCount);
    for (const member of members) unpack(bench, histogram, member, offset, total);
  }
}

function totalOf(histogram: Float64Array, offset: number, bins: number): Float64Array {
  const total = new Float64Array(BIN_WIDTH);
  for (let i = 0; i < bins * BIN_WIDTH; i++) total[i % BIN_WIDTH]! += histogram[offset + i]!;
  return total;
}

/** Copies a member's bins out of its bundle's; its usual bin is what the others leave of the total. */
function unpack(
  { layout, binned }: HistogramBench,
  histogram: Float64Array,
  member: BundleMember,
  bundleOffset: number,
  total: Float64Array,
): void {
  const offset = layout.offsets[member.feature]!;
  const usualAt = offset + member.usualBin * BIN_WIDTH;
  histogram.set(total, usualAt);
  for (let bin = 0; bin < binCount(binned.features[member.feature]!); bin++) {
    if (bin === member.usualBin) continue;
    const from = bundleOffset + bundleBin(member, bin) * BIN_WIDTH;
    const to = offset + bin * BIN_WIDTH;
    for (let i = 0; i < BIN_WIDTH; i++) {
      histogram[to + i] = histogram[from + i]!;
      histogram[usualAt + i]! -= histogram[from + i]!;
    }
  }
}
