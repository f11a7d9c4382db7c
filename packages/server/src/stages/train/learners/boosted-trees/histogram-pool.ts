import type { Arena } from './kernels/kernel-memory.ts';

/** Bytes that the histograms of one fit may take. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** Lends places of one size and takes them back, so that growing a tree allocates nothing after the first few. */
export type HistogramPool = {
  /** Where there is room for a histogram, or null when the limit is reached. */
  take(): number | null;
  giveBack(at: number): void;
};

/** A pool that lends at least `atLeast` places whatever their size. */
export function histogramPool(
  arena: Arena,
  bytes: number,
  atLeast = 3,
  limitBytes = LIMIT_BYTES,
): HistogramPool {
  const most = Math.max(atLeast, Math.floor(limitBytes / Math.max(1, bytes)));
  const free: number[] = [];
  let made = 0;
  return {
    take() {
      const place = free.pop();
      if (place !== undefined) return place;
      if (made === most) return null;
      made++;
      return arena.place(bytes);
    },
    giveBack: (place) => void free.push(place),
  };
}
