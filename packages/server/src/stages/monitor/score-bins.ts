import type { ScoreBins } from './model.ts';

/** Bins of the score over [0, 1]. */
const BINS = 200;

export function emptyBins(): ScoreBins {
  return { counts: new Array<number>(BINS).fill(0), sums: new Array<number>(BINS).fill(0) };
}

/** Scores outside [0, 1] and NaN are passed over. */
export function addToBins(bins: ScoreBins, score: number): void {
  if (!(score >= 0 && score <= 1)) return;
  const bin = Math.min(BINS - 1, Math.floor(score * BINS));
  bins.counts[bin]!++;
  bins.sums[bin]! += score;
}
