import { type BinnedMatrix, binCount } from './bin-features.ts';
import { accumulate, BIN_WIDTH } from './histogram.ts';

/** Where each feature's bins start in a histogram, and its whole length. */
export function histogramLayout(binned: BinnedMatrix): { offsets: Int32Array; length: number } {
  const offsets = new Int32Array(binned.features.length);
  let length = 0;
  binned.features.forEach((feature, f) => {
    offsets[f] = length;
    length += binCount(feature) * BIN_WIDTH;
  });
  return { offsets, length };
}

/** First and second derivatives, one for each row of the data. */
export type Derivatives = { gradient: Float32Array; hessian: Float32Array };

/** Fills a zeroed histogram with rows[begin … end) of the given features; `ordered` is space to work in. */
export function buildHistogram(
  histogram: Float64Array,
  offsets: Int32Array,
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
  const columns = Array.from(features, (f) => ({ bins: binned.features[f]!.bins, offset: offsets[f]! }));
  accumulate(histogram, columns, rows, begin, end, ordered.gradient, ordered.hessian);
}
