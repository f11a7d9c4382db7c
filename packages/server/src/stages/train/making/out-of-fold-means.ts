import { seededRandom, shuffle } from '../../../kernel/index.ts';
import type { Fold } from '../folds.ts';
import { fitTargetMeans, type MeanSource, meanAt } from './target-means.ts';

export type OutOfFoldOptions = {
  seed: number;
  /** Rows are in time order: what a row is told comes from earlier rows alone. */
  forward: boolean;
  /** Rows of one group are told nothing of one another. */
  groups?: Int32Array | undefined;
  /** Whether most keys have few rows. */
  sparse?: boolean;
};

/** Parts that rows to learn from are cut into. */
const PARTS = 5;

/**
 * The target mean of every row as a fit on the fold may see it. Rows to judge by get the mean over all rows to learn
 * from, as rows to come will. No row to learn from knows its own target, nor that of its group:
 *
 * - where keys are few, rows are cut into parts, and each takes its means from the other parts;
 * - where they are many (`sparse`), rows are put in an order at random and each gets the mean over those before it (ordered
 *   target statistics, Prokhorenkova et al. 2018), the first none. Means over the other parts would not do: among the few
 *   rows of a key they are lower the higher a row's own target is, which trees find;
 * - in time order that order is of time.
 *
 * `order` is the fold's `targetStatisticsOrder`, which whoever takes many means on it computes once.
 */
export function outOfFoldMeans(
  source: MeanSource,
  { train }: Fold,
  options: OutOfFoldOptions,
  order = targetStatisticsOrder(train, options),
): Float32Array {
  const { keys } = source;
  const means = fitTargetMeans(source, train);
  const byKey = Float32Array.from(means.sums, (_, key) => meanAt(means, key));
  const into = new Float32Array(new SharedArrayBuffer(keys.length * Float32Array.BYTES_PER_ELEMENT));
  for (let row = 0; row < into.length; row++) into[row] = byKey[keys[row]!]!;
  if (options.forward || options.sparse) tellFromBefore(source, order, means.strength, into);
  else tellFromOthers(source, order, into);
  return into;
}

/** Each part takes its means from the others; those that are told together are in one part. */
function tellFromOthers(
  source: MeanSource,
  { rows, isTogether }: TargetStatisticsOrder,
  into: Float32Array,
): void {
  let run = 0;
  const partOf = Uint8Array.from(rows, (row, i) => {
    if (i > 0 && !isTogether(rows[i - 1]!, row)) run++;
    return run % PARTS;
  });
  for (let part = 0; part < PARTS; part++) {
    const others = fitTargetMeans(
      source,
      rows.filter((_, i) => partOf[i] !== part),
    );
    for (let i = 0; i < rows.length; i++)
      if (partOf[i] === part) into[rows[i]!] = meanAt(others, source.keys[rows[i]!]!);
  }
}

/** Rows in the order in which they are told of, those that are told together side by side. */
export type TargetStatisticsOrder = { rows: Int32Array; isTogether(a: number, b: number): boolean };

export function targetStatisticsOrder(
  train: Int32Array,
  { seed, forward, groups }: Omit<OutOfFoldOptions, 'sparse'>,
): TargetStatisticsOrder {
  if (forward) return { rows: train, isTogether: () => false };
  const random = seededRandom(seed);
  if (groups === undefined) return { rows: shuffle(train.slice(), random), isTogether: () => false };
  const places = new Map(
    shuffle([...new Set(Array.from(train, (row) => groups[row]!))], random).map((group, place) => [
      group,
      place,
    ]),
  );
  const place = (row: number) => places.get(groups[row]!)!;
  return {
    rows: train.toSorted((a, b) => place(a) - place(b)),
    isTogether: (a, b) => groups[a] === groups[b],
  };
}

function tellFromBefore(
  { keys, size, target, weights }: MeanSource,
  { rows, isTogether }: TargetStatisticsOrder,
  strength: number,
  into: Float32Array,
): void {
  const [sums, totals] = [new Float64Array(size), new Float64Array(size)];
  let [sum, total] = [0, 0];
  let from = 0;
  for (let i = 0; i < rows.length; i++) {
    const key = keys[rows[i]!]!;
    into[rows[i]!] = (sums[key]! + strength * (sum / total)) / (totals[key]! + strength);
    if (i + 1 < rows.length && isTogether(rows[i]!, rows[i + 1]!)) continue;
    for (; from <= i; from++) {
      const row = rows[from]!;
      const weight = weights === undefined ? 1 : weights[row]!;
      sums[keys[row]!]! += weight * target[row]!;
      totals[keys[row]!]! += weight;
      sum += weight * target[row]!;
      total += weight;
    }
  }
}
