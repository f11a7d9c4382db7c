import type { Contrast } from './drift-test.ts';

/** Below this expected count, chi-square approximations are not to be trusted (Cochran 1954). */
const LEAST_EXPECTED = 5;

/** The same cells in both samples, pooled until each is expected at least five times in the smaller sample. */
export type PooledCells = { reference: number[]; window: number[]; n: number; m: number };

/**
 * Pools neighbouring bins, or the rarest categories with each other. Only the sums over both samples decide what is
 * pooled, so that tests given the margins stay valid.
 */
export function poolCells({ kind, reference, window }: Contrast): PooledCells | null {
  const [m, n] = [reference.present, window.present];
  if (m === 0 || n === 0) return null;
  const least = (LEAST_EXPECTED * (n + m)) / Math.min(n, m);
  const together = reference.cells.map((count, cell) => count + window.cells[cell]!);
  const order = together.map((_, cell) => cell).filter((cell) => together[cell]! > 0);
  if (kind === 'category') order.sort((a, b) => together[a]! - together[b]! || a - b);
  const pooled: PooledCells = { reference: [], window: [], n, m };
  let [r, w] = [0, 0];
  for (const cell of order) {
    r += reference.cells[cell]!;
    w += window.cells[cell]!;
    if (r + w < least) continue;
    pooled.reference.push(r);
    pooled.window.push(w);
    [r, w] = [0, 0];
  }
  if (r + w > 0) addToLast(pooled, r, w);
  return pooled.reference.length > 1 ? pooled : null;
}

function addToLast(pooled: PooledCells, r: number, w: number): void {
  const last = Math.max(0, pooled.reference.length - 1);
  pooled.reference[last] = (pooled.reference[last] ?? 0) + r;
  pooled.window[last] = (pooled.window[last] ?? 0) + w;
}

/** Shares with half a count added to every cell, so that an empty cell has a logarithm (Jeffreys). */
export function smoothedShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) + counts.length / 2;
  return counts.map((count) => (count + 0.5) / total);
}
