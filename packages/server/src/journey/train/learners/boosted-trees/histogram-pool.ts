import type { TreeKernels } from './kernels/tree-kernels.ts';

/** Bytes that the histograms of one fit may take. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** Lends buffers of one size and takes them back, so that growing a tree allocates nothing after the first few. */
export type HistogramPool = {
  /** A buffer of zeros, or null when the limit is reached. */
  take(): Float64Array | null;
  giveBack(buffer: Float64Array): void;
};

/** A pool in the kernels' memory that lends at least `atLeast` buffers whatever their size. */
export function histogramPool(
  kernels: TreeKernels,
  length: number,
  atLeast = 3,
  limitBytes = LIMIT_BYTES,
): HistogramPool {
  const most = Math.max(atLeast, Math.floor(limitBytes / (length * Float64Array.BYTES_PER_ELEMENT)));
  const free: Float64Array[] = [];
  let made = 0;
  return {
    take() {
      const buffer = free.pop();
      if (buffer) return buffer.fill(0);
      if (made === most) return null;
      made++;
      return kernels.float64(length);
    },
    giveBack: (buffer) => void free.push(buffer),
  };
}
