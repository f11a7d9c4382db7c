import { binEdgesOf } from './bin-edges.ts';
import type { Binned } from './binned-feature.ts';
import type { Arena } from './kernels/kernel-memory.ts';
import { attachTreeKernels } from './kernels/tree-kernels.ts';
import { sortFloats } from './sort-floats.ts';

/** Borders are found on at most this many rows, spread evenly. */
const SAMPLE_ROWS = 200_000;

/** Values that the kernel is given at a time. */
const CHUNK = 65_536;

/** Bins numeric columns, one after the other: what is returned is good until the next call. */
export type NumberBinner = (column: Float32Array, maxBins: number) => Binned;

export function numberBinner(arena: Arena, rows: number): NumberBinner {
  const kernels = attachTreeKernels(arena.memory);
  const values = arena.float32(Math.min(rows, CHUNK));
  const padded = arena.float32(256);
  const bins = arena.bytes(rows);
  return (column, maxBins) => {
    const sorted = sortedSample(column);
    const binEdges = binEdgesOf(sorted, maxBins);
    const valueBins = sorted.length === 0 ? 0 : binEdges.length + 1;
    padded.fill(Number.POSITIVE_INFINITY).set(binEdges);
    for (let from = 0; from < rows; from += CHUNK) {
      const chunk = column.subarray(from, from + CHUNK);
      values.set(chunk);
      const cells = bins.byteOffset + from;
      kernels.assignBins(values.byteOffset, chunk.length, padded.byteOffset, valueBins, cells, 1);
    }
    const thresholds = withMissingThreshold(binEdges, sorted);
    // Without a missing value in the column, no row has the bin after the last.
    const hasMissing = bins.includes(valueBins);
    return { kind: 'number', bins, valueBins, hasMissing, thresholds };
  };
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
  return sortFloats(sample.subarray(0, kept));
}

/** The largest finite float32: infinity would not survive JSON. */
const LARGEST = 3.4028234663852886e38;

/** A split of all values from the missing ones needs a threshold above every value; there is none above infinity. */
function withMissingThreshold(thresholds: Float32Array, sorted: Float32Array): Float32Array {
  if (sorted.length === 0 || sorted[sorted.length - 1] === Number.POSITIVE_INFINITY) return thresholds;
  return Float32Array.of(...thresholds, LARGEST);
}
