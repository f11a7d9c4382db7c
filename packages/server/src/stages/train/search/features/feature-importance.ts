import type { Member } from '../ensemble/member.ts';

/** Share of each feature in what the members gained from all of them, by their weights; sums to 1 unless nothing was. */
export function featureImportance(members: readonly Member[]): number[] {
  const features = members.flatMap(({ trial }) => trial.fits.map(({ importance }) => importance.length));
  const sum = new Float64Array(Math.max(...features));
  for (const { trial, weight } of members) {
    for (const fit of trial.fits) add(sum, fit.importance, weight / trial.fits.length);
  }
  const total = sum.reduce((a, b) => a + b, 0);
  return Array.from(sum, (value) => (total > 0 ? value / total : 0));
}

function add(sum: Float64Array, importance: Float64Array, weight: number): void {
  const total = importance.reduce((a, b) => a + b, 0);
  if (total <= 0) return;
  for (let f = 0; f < importance.length; f++) sum[f]! += (weight * importance[f]!) / total;
}
