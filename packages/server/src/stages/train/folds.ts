import { seededRandom, shuffle } from '../../kernel/index.ts';
import type { TrainingData } from './model.ts';

/** Rows to learn from and rows to judge by, both rising. */
export type Fold = { train: Int32Array; validation: Int32Array };

/** Rows below which more folds are worth their time: each fold model then sees more of the few rows there are. */
const FEW_ROWS = 500;

/** How many folds suit the data: every class should occur in each of them, and a group in one alone. */
export function foldCount(data: TrainingData, groups?: Int32Array): number {
  const wanted = data.features.rows < FEW_ROWS ? 8 : 5;
  const least = data.task === 'regression' ? data.features.rows : rarestClass(data);
  const most = groups === undefined ? data.features.rows : new Set(groups).size;
  return Math.max(2, Math.min(wanted, least, most));
}

function rarestClass({ target, classes }: TrainingData): number {
  const counts = new Int32Array(classes);
  for (const value of target) counts[value]! += 1;
  return Math.min(...counts.filter((count) => count > 0));
}

/**
 * Random folds that each see the target's whole range: rows in order of the target are dealt out in hands of `count`,
 * so classes keep their shares and numbers their distribution.
 */
export function stratifiedFolds(target: Float64Array, count: number, seed: number): Fold[] {
  const random = seededRandom(seed);
  const order = shuffle(Uint32Array.from(target.keys()), random).sort((a, b) => target[a]! - target[b]!);
  const foldOf = new Uint8Array(target.length);
  const hand = Uint8Array.from({ length: count }, (_, fold) => fold);
  for (let i = 0; i < order.length; i++) {
    if (i % count === 0) shuffle(hand, random);
    foldOf[order[i]!] = hand[i % count]!;
  }
  return Array.from({ length: count }, (_, fold) => ({
    train: rowsWhere(foldOf, (of) => of !== fold),
    validation: rowsWhere(foldOf, (of) => of === fold),
  }));
}

/**
 * Random folds that never part a group. Groups are dealt out from the largest on, each to the fold that has least of its
 * classes (of its rows, for numbers), so folds are as alike as groups allow.
 */
export function groupFolds(
  { target, task, classes }: Pick<TrainingData, 'target' | 'task' | 'classes'>,
  groups: Int32Array,
  count: number,
  seed: number,
): Fold[] {
  const kinds = task === 'regression' ? 1 : classes;
  const tallies = new Map<number, Float64Array>();
  const totals = new Float64Array(kinds);
  groups.forEach((group, row) => {
    const kind = task === 'regression' ? 0 : target[row]!;
    const tally = tallies.get(group) ?? new Float64Array(kinds);
    tallies.set(group, tally);
    tally[kind]! += 1;
    totals[kind]! += 1;
  });
  const sizes = new Map([...tallies].map(([group, tally]) => [group, tally.reduce((a, b) => a + b, 0)]));
  const order = shuffle(Int32Array.from(tallies.keys()), seededRandom(seed)).sort(
    (a, b) => sizes.get(b)! - sizes.get(a)!,
  );
  const has = Array.from({ length: count }, () => new Float64Array(kinds));
  const foldOfGroup = new Map<number, number>();
  for (const group of order) {
    const tally = tallies.get(group)!;
    const fullness = has.map((own) => own.reduce((sum, n, k) => sum + (tally[k]! * n) / totals[k]! ** 2, 0));
    const fold = fullness.indexOf(Math.min(...fullness));
    foldOfGroup.set(group, fold);
    tally.forEach((n, k) => {
      has[fold]![k]! += n;
    });
  }
  const foldOf = Uint8Array.from(groups, (group) => foldOfGroup.get(group)!);
  return Array.from({ length: count }, (_, fold) => ({
    train: rowsWhere(foldOf, (of) => of !== fold),
    validation: rowsWhere(foldOf, (of) => of === fold),
  }));
}

/** One in so many of a fold's rows makes a first look. */
const SAMPLING = 4;

/** A part of the fold: quick to fit, and enough to tell a hopeless candidate. */
export function sampledFold({ train, validation }: Fold): Fold {
  const part = (rows: Int32Array) => rows.filter((_, i) => i % SAMPLING === 0);
  return { train: part(train), validation: part(validation) };
}

/**
 * Folds for rows in time order: each learns from everything before its validation rows. The latest comes first, since it
 * has the most to learn from and is nearest to what is to be predicted.
 */
export function forwardFolds(rows: number, count: number): Fold[] {
  const edge = (block: number) => Math.floor((block * rows) / (count + 1));
  const folds = Array.from({ length: count }, (_, block) => ({
    train: rowRange(0, edge(block + 1)),
    validation: rowRange(edge(block + 1), edge(block + 2)),
  }));
  return folds.reverse();
}

/** The fold that learns from every row and judges by none. */
export function wholeFold(rows: number): Fold {
  return { train: rowRange(0, rows), validation: new Int32Array(0) };
}

function rowRange(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

function rowsWhere(foldOf: Uint8Array, chosen: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  foldOf.forEach((fold, row) => {
    if (chosen(fold)) rows.push(row);
  });
  return Int32Array.from(rows);
}
