import { type BinnedMatrix, binCount } from './binned-feature.ts';

/** Numbers of a bin, side by side: sum of gradients, sum of hessians, rows. */
export const BIN_WIDTH = 3;

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
