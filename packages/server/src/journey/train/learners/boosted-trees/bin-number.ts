import { type BinnedFeature, emptyBins } from './binned-feature.ts';
import { bordersOf } from './borders.ts';

/** Borders are found on at most this many rows, spread evenly. */
const SAMPLE_ROWS = 200_000;

/** Bins a numeric column. */
export function binNumber(column: Float32Array, maxBins: number): BinnedFeature {
  const sorted = sortedSample(column);
  const thresholds = bordersOf(sorted, maxBins);
  const valueBins = sorted.length === 0 ? 0 : thresholds.length + 1;
  const bins = emptyBins(column.length);
  let hasMissing = false;
  for (let row = 0; row < column.length; row++) {
    const x = column[row]!;
    const missing = Number.isNaN(x);
    bins[row] = missing ? valueBins : binOf(x, thresholds);
    hasMissing ||= missing;
  }
  return {
    kind: 'number',
    bins,
    valueBins,
    hasMissing,
    thresholds: withMissingThreshold(thresholds, sorted),
  };
}

/** The first bin whose threshold is not below `x`. */
function binOf(x: number, thresholds: Float32Array): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= thresholds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sortedSample(column: Float32Array): Float32Array {
  const stride = Math.max(1, column.length / SAMPLE_ROWS);
  const size = Math.floor(column.length / stride);
  const sample = new Float32Array(size);
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const x = column[Math.floor(i * stride)]!;
    if (!Number.isNaN(x)) sample[kept++] = x === 0 ? 0 : x;
  }
  return sample.subarray(0, kept).sort();
}

/** The largest finite float32: infinity would not survive JSON. */
const LARGEST = 3.4028234663852886e38;

/** A split of all values from the missing ones needs a threshold above every value; there is none above infinity. */
function withMissingThreshold(thresholds: Float32Array, sorted: Float32Array): Float32Array {
  if (sorted.length === 0 || sorted[sorted.length - 1] === Number.POSITIVE_INFINITY) return thresholds;
  return Float32Array.of(...thresholds, LARGEST);
}
