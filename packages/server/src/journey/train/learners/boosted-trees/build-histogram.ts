import { type BinnedMatrix, type Bundle, type BundleMember, binCount } from './binned-feature.ts';
import { bundleBin } from './bundle-features.ts';
import { accumulate, BIN_WIDTH, type BinColumn } from './histogram.ts';

/** Where the bins of each feature, and after them of each bundle, start in a histogram, and its whole length. */
export type HistogramLayout = { offsets: Int32Array; bundleOffsets: Int32Array; length: number };

export function histogramLayout({ features, bundles }: BinnedMatrix): HistogramLayout {
  let length = 0;
  const place = (bins: number) => {
    const offset = length;
    length += bins * BIN_WIDTH;
    return offset;
  };
  const offsets = Int32Array.from(features, (feature) => place(binCount(feature)));
  const bundleOffsets = Int32Array.from(bundles, (bundle) => place(bundle.binCount));
  return { offsets, bundleOffsets, length };
}

/** First and second derivatives, one for each row of the data. */
export type Derivatives = { gradient: Float32Array; hessian: Float32Array };

/** Fills a zeroed histogram with rows[begin … end) of the given features; `ordered` is space to work in. */
export function buildHistogram(
  histogram: Float64Array,
  layout: HistogramLayout,
  binned: BinnedMatrix,
  features: Int32Array,
  rows: Int32Array,
  begin: number,
  end: number,
  { gradient, hessian }: Derivatives,
  ordered: Derivatives,
): void {
  // Laid side by side in the order of the node's rows, the kernel reads the derivatives in one stream.
  for (let i = begin; i < end; i++) {
    const row = rows[i]!;
    ordered.gradient[i] = gradient[row]!;
    ordered.hessian[i] = hessian[row]!;
  }
  const wanted = new Uint8Array(binned.features.length);
  for (const f of features) wanted[f] = 1;
  const columns: BinColumn[] = [];
  const packed: { bundle: Bundle; members: BundleMember[]; offset: number }[] = [];
  binned.bundles.forEach((bundle, b) => {
    const members = bundle.members.filter(({ feature }) => wanted[feature]);
    if (members.length < 2) return;
    const offset = layout.bundleOffsets[b]!;
    columns.push({ bins: bundle.bins, offset });
    packed.push({ bundle, members, offset });
    for (const { feature } of members) wanted[feature] = 0;
  });
  for (const f of features) {
    if (wanted[f]) columns.push({ bins: binned.features[f]!.bins, offset: layout.offsets[f]! });
  }
  accumulate(histogram, columns, rows, begin, end, ordered.gradient, ordered.hessian);
  for (const { bundle, members, offset } of packed) {
    const total = totalOf(histogram, offset, bundle.binCount);
    for (const member of members) unpack(histogram, layout, binned, member, offset, total);
  }
}

function totalOf(histogram: Float64Array, offset: number, bins: number): Float64Array {
  const total = new Float64Array(BIN_WIDTH);
  for (let i = 0; i < bins * BIN_WIDTH; i++) total[i % BIN_WIDTH]! += histogram[offset + i]!;
  return total;
}

/** Copies a member's bins out of its bundle's; its usual bin is what the others leave of the total. */
function unpack(
  histogram: Float64Array,
  layout: HistogramLayout,
  binned: BinnedMatrix,
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
