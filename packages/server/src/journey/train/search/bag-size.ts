import { type Member, sizeOf } from './member.ts';

/**
 * Size of a model at most, in leaves, as far as that costs no quality. A leaf is about 50 bytes of a bundle and a few of the
 * engine's memory: with 20,000 a model loads in a blink and lies in a core's cache.
 */
export const MOST_LEAVES = 20_000;

/**
 * Fold models averaged at least. Measured on nine splits of data of 239 to 800 rows: three do as well as five or eight
 * (log loss 0.409 against 0.411), while one model of all rows does worse (0.416).
 */
const LEAST_BAG = 3;

/**
 * How many fold models of each member are averaged: as many as {@link MOST_LEAVES} has room for, but three; fewer where three
 * have more than `mostLeaves`.
 */
export function bagSize(members: readonly Member[], mostLeaves = Number.POSITIVE_INFINITY): number {
  let size = members[0]!.trial.fits.length;
  while (size > LEAST_BAG && sizeOfBag(members, size) > MOST_LEAVES) size--;
  while (size > 1 && sizeOfBag(members, size) > mostLeaves) size--;
  return size;
}

/** Size in leaves of a blend of which each member averages its first `size` fold models. */
export function sizeOfBag(members: readonly Member[], size: number): number {
  return members.reduce((sum, { trial }) => sum + sizeOf(trial, size), 0);
}
