import { chiSquareQuantile, chiSquareSurvival } from '../probability/index.ts';
import type { DriftTest } from './drift-test.ts';
import { poolCells, smoothedShares } from './pool-cells.ts';

/**
 * Jensen-Shannon distance, base 2, so 0 (equal) to 1 (disjoint). Expanding both logarithms, the divergence is
 * Σ (c - r)² / (8 p ln 2) to second order; so when nothing changed, distance² · 8 ln 2 / (1/n + 1/m) is chi-square.
 */
export const jensenShannon: DriftTest = {
  id: 'jensen-shannon',
  measure: 'JS distance',
  kinds: ['category'],
  of: 'values',
  threshold: 0.1,
  about: 'Shares of the categories changed.',
  find(contrast, alpha) {
    const cells = poolCells(contrast);
    if (cells === null) return null;
    const effect = jensenShannonDistance(smoothedShares(cells.reference), smoothedShares(cells.window));
    const scale = (1 / cells.n + 1 / cells.m) / (8 * Math.LN2);
    const freedom = cells.reference.length - 1;
    return {
      effect,
      chance: Math.sqrt(scale * chiSquareQuantile(1 - alpha, freedom)),
      pValue: chiSquareSurvival(effect ** 2 / scale, freedom),
    };
  },
};

/** Of two lists of shares that each sum to 1. */
export function jensenShannonDistance(a: readonly number[], b: readonly number[]): number {
  let bits = 0;
  for (let cell = 0; cell < a.length; cell++) {
    const middle = (a[cell]! + b[cell]!) / 2;
    bits += (informationBits(a[cell]!, middle) + informationBits(b[cell]!, middle)) / 2;
  }
  return Math.sqrt(Math.max(0, bits));
}

function informationBits(share: number, of: number): number {
  return share === 0 ? 0 : share * Math.log2(share / of);
}
