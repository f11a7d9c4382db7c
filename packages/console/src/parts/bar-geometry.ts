/** A bar of a picture, in shares of its width and height; `y` is the top. */
export type Bar = { x: number; y: number; width: number; height: number };

/**
 * Bars for counts over bins. With `edges` (one more than counts) a bar is as wide as its bin; otherwise all are
 * equal. Heights are shares of `most`, the largest count unless told; bars of no count have no height.
 */
export function barsOf(
  counts: readonly number[],
  edges?: readonly number[],
  most = Math.max(0, ...counts.filter(Number.isFinite)),
): Bar[] {
  const places = placesOf(counts.length, edges);
  return counts.map((count, index) => {
    const height = most > 0 && Number.isFinite(count) ? Math.max(0, count) / most : 0;
    const [from, to] = [places[index] ?? 0, places[index + 1] ?? 1];
    return { x: from, y: 1 - height, width: to - from, height };
  });
}

function placesOf(bins: number, edges?: readonly number[]): number[] {
  const first = edges?.[0];
  const last = edges?.at(-1);
  const usable = edges !== undefined && edges.length === bins + 1 && edges.every(Number.isFinite);
  if (!usable || first === undefined || last === undefined || last <= first) {
    return Array.from({ length: bins + 1 }, (_, index) => index / Math.max(1, bins));
  }
  return edges.map((edge) => (edge - first) / (last - first));
}

/** Shares of the whole, so that samples of different size compare; all zero when there is nothing. */
export function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total > 0 ? count / total : 0));
}
