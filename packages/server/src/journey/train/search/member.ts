import type { Trial } from './candidate.ts';

/** A trial with its share in the blend; shares sum to 1. */
export type Member = { trial: Trial; weight: number };

/** Held-out margins of the blend, over all rows. */
export function blendMargins(members: readonly Member[]): Float64Array {
  const sum = new Float64Array(members[0]!.trial.margins.length);
  for (const { trial, weight } of members) {
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * trial.margins[i]!;
  }
  return sum;
}

/** Leaves of all trees of the trial's first fits. */
export function leavesOf({ fits }: Trial, first = fits.length): number {
  const trees = fits.slice(0, first).flatMap((fit) => fit.model.trees);
  return trees.reduce((sum, tree) => sum + (tree.feature.length + 1) / 2, 0);
}

/** The members with shares that sum to 1 again. */
export function renormalised(members: readonly Member[]): Member[] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  return members.map(({ trial, weight }) => ({ trial, weight: weight / total }));
}
