import { LEARNERS } from '../../learners/index.ts';
import { sizeInLeaves } from '../../model-size.ts';
import type { Trial } from '../trial.ts';

/** A trial with its share in the blend; shares sum to 1. */
export type Member = { trial: Trial; weight: number };

/** Held-out margins of the blend, over all rows. */
export function ensembleMargins(members: readonly Member[]): Float64Array {
  const sum = new Float64Array(members[0]!.trial.margins.length);
  for (const { trial, weight } of members) {
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * trial.margins[i]!;
  }
  return sum;
}

/** Size in leaves of what the trial's first fits become together, as its learner's `bagging` has it. */
export function sizeOf({ candidate, fits }: Trial, first = fits.length): number {
  const sizes = fits.slice(0, first).map(({ model }) => sizeInLeaves(model));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return LEARNERS[candidate.learner].bagging === 'average' ? total : total / sizes.length;
}

/** The members with shares that sum to 1 again. */
export function renormalised(members: readonly Member[]): Member[] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  return members.map(({ trial, weight }) => ({ trial, weight: weight / total }));
}
