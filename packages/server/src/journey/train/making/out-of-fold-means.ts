import type { Fold } from '../folds.ts';
import { fitTargetMeans, type MeanSource, meanAt } from './target-means.ts';

/** Parts into which the rows to learn from are cut: each takes its means from the others. */
const PARTS = 5;

export type OutOfFoldOptions = {
  seed: number;
  /** Rows are in time order: what a row is told comes from earlier rows alone. */
  forward: boolean;
  /** Rows of one group are told nothing of one another. */
  groups?: Int32Array | undefined;
};

/**
 * The target mean of every row as a fit on the fold may see it. No row to learn from knows its own target, nor that of
 * its group; no other row's target is looked at at all, so rows to judge by see what rows to come will.
 *
 * In time order each row to learn from gets the mean over those before it (Prokhorenkova et al. 2018); the first is
 * missing, since nothing is known by then.
 */
export function outOfFoldMeans(source: MeanSource, { train }: Fold, options: OutOfFoldOptions): Float32Array {
  const { keys } = source;
  const means = fitTargetMeans(source, train);
  const into = new Float32Array(new SharedArrayBuffer(keys.length * Float32Array.BYTES_PER_ELEMENT));
  const byKey = Float32Array.from(means.sums, (_, key) => meanAt(means, key));
  for (let row = 0; row < into.length; row++) into[row] = byKey[keys[row]!]!;
  if (options.forward) tellFromBefore(source, train, means.strength, into);
  else tellFromOthers(source, train, options, into);
  return into;
}

function tellFromBefore(
  { keys, size, target, weights }: MeanSource,
  train: Int32Array,
  strength: number,
  into: Float32Array,
): void {
  const [sums, totals] = [new Float64Array(size), new Float64Array(size)];
  let [sum, total] = [0, 0];
  for (const row of train) {
    const key = keys[row]!;
    into[row] = (sums[key]! + strength * (sum / total)) / (totals[key]! + strength);
    const weight = weights === undefined ? 1 : weights[row]!;
    sums[key]! += weight * target[row]!;
    totals[key]! += weight;
    sum += weight * target[row]!;
    total += weight;
  }
}

function tellFromOthers(
  source: MeanSource,
  train: Int32Array,
  { seed, groups }: OutOfFoldOptions,
  into: Float32Array,
): void {
  const { keys } = source;
  const partOf = (row: number) => partHash(groups === undefined ? row : groups[row]!, seed);
  for (let part = 0; part < PARTS; part++) {
    const others = fitTargetMeans(
      source,
      train.filter((row) => partOf(row) !== part),
    );
    for (const row of train) if (partOf(row) === part) into[row] = meanAt(others, keys[row]!);
  }
}

/** A part for each number, as good as random (the finalizer of MurmurHash3). */
function partHash(value: number, seed: number): number {
  let hash = Math.imul(value ^ seed, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % PARTS;
}
