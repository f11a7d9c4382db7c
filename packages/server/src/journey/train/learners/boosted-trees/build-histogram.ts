import { type BinnedMatrix, binCount } from './bin-features.ts';
import { accumulate, accumulateUnitHessian, BIN_WIDTH, hessiansFromRows } from './histogram.ts';

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

/** First and second derivatives in row order; a null hessian is all ones. */
export type Derivatives = { gradient: Float32Array; hessian: Float32Array | null };

/** Space to lay the derivatives of a node side by side, so that the kernels read them in one stream. */
export type OrderedDerivatives = { gradient: Float32Array; hessian: Float32Array };

/** Fills a zeroed histogram with rows[begin … end) of the given features. */
export function buildHistogram(
  histogram: Float64Array,
  offsets: Int32Array,
  binned: BinnedMatrix,
  features: Int32Array,
  rows: Int32Array,
  begin: number,
  end: number,
  { gradient, hessian }: Derivatives,
  ordered: OrderedDerivatives,
): void {
  for (let i = begin; i < end; i++) ordered.gradient[i] = gradient[rows[i]!]!;
  if (hessian) for (let i = begin; i < end; i++) ordered.hessian[i] = hessian[rows[i]!]!;
  for (const f of features) {
    const feature = binned.features[f]!;
    const offset = offsets[f]!;
    if (hessian) {
      accumulate(histogram, offset, feature.bins, rows, begin, end, ordered.gradient, ordered.hessian);
      continue;
    }
    accumulateUnitHessian(histogram, offset, feature.bins, rows, begin, end, ordered.gradient);
    hessiansFromRows(histogram, offset, offset + binCount(feature) * BIN_WIDTH);
  }
}
