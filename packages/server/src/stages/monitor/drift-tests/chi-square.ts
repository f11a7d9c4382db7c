import { chiSquareQuantile, chiSquareSurvival } from '../probability/index.ts';
import type { DriftTest } from './drift-test.ts';
import { type PooledCells, poolCells } from './pool-cells.ts';

/**
 * Pearson's chi-square of the 2 × K table (both samples are samples; the reference is not taken for the truth). Its
 * effect is Cohen's w = sqrt(Σ (c - r)² / p) = sqrt(chi² (1/n + 1/m)), which does not grow with the sample;
 * 0.3 is the medium effect of Cohen (1988) and about a PSI of 0.1.
 */
export const chiSquare: DriftTest = {
  id: 'chi-square',
  measure: "Cohen's w",
  kinds: ['category'],
  of: 'values',
  threshold: 0.3,
  about: 'Counts of the categories differ from what one common distribution would give.',
  find(contrast, alpha) {
    const cells = poolCells(contrast);
    if (cells === null) return null;
    const statistic = contingencyStatistic(cells);
    const scale = 1 / cells.n + 1 / cells.m;
    const freedom = cells.reference.length - 1;
    return {
      effect: Math.sqrt(statistic * scale),
      chance: Math.sqrt(scale * chiSquareQuantile(1 - alpha, freedom)),
      pValue: chiSquareSurvival(statistic, freedom),
    };
  },
};

/** Σ (observed - expected)² / expected over both rows of the table. */
export function contingencyStatistic({ reference, window, n, m }: PooledCells): number {
  return reference.reduce((sum, r, cell) => {
    const pooled = (r + window[cell]!) / (n + m);
    return sum + (r - m * pooled) ** 2 / (m * pooled) + (window[cell]! - n * pooled) ** 2 / (n * pooled);
  }, 0);
}
