import { chiSquareQuantile, chiSquareSurvival } from '../probability/index.ts';
import type { DriftTest } from './drift-test.ts';
import { poolCells, smoothedShares } from './pool-cells.ts';

/**
 * Population stability index Σ (c - r) ln(c / r) over the reference's quantile bins. When nothing changed it is
 * distributed as (1/n + 1/m) · chi-square with one degree of freedom fewer than bins (Yurdakul and Naranjo 2020).
 */
export const psi: DriftTest = {
  id: 'psi',
  measure: 'PSI',
  kinds: ['number'],
  of: 'values',
  threshold: 0.1,
  about: 'Shares of values moved between the bins of the training data.',
  find(contrast, alpha) {
    const cells = poolCells(contrast);
    if (cells === null) return null;
    const effect = populationStability(smoothedShares(cells.reference), smoothedShares(cells.window));
    const scale = 1 / cells.n + 1 / cells.m;
    const freedom = cells.reference.length - 1;
    return {
      effect,
      chance: scale * chiSquareQuantile(1 - alpha, freedom),
      pValue: chiSquareSurvival(effect / scale, freedom),
    };
  },
};

/**
 * The least share a cell counts with. Without it a cell that training left empty weighs almost infinitely; with it
 * a window that has 5 % of its values there just reaches the practical threshold.
 */
const LEAST_SHARE = 0.005;

export function populationStability(reference: readonly number[], window: readonly number[]): number {
  return reference.reduce((sum, share, cell) => {
    const r = Math.max(LEAST_SHARE, share);
    const w = Math.max(LEAST_SHARE, window[cell]!);
    return sum + (w - r) * Math.log(w / r);
  }, 0);
}
