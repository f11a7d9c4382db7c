import { seededRandom, shuffle } from '../../kernel/index.ts';
import type { TrainingData } from './model.ts';

/** Rows to learn from and rows to judge by, both rising. */
export type Fold = { train: Int32Array; validation: Int32Array };

/** Rows below which more folds are worth their time: each fold model then sees more of the few rows there are. */
const FEW_ROWS = 500;

/** How many folds suit the data: every class should occur in each of them. */
export function foldCount(data: TrainingData): number {
  const wanted = data.features.rows < FEW_ROWS ? 8 : 5;
  const least = data.task === 'regression' ? data.features.rows : rarestClass(data);
  return Math.max(2, Math.min(wanted, least, data.features.rows));
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
 * Folds for rows in time order: each learns from everything before its validation rows. The latest comes first, since it
 * has the most to learn from and is nearest to what is to be predicted.
 */
export function forwardFolds(rows: number, count: number): Fold[] {
  const border = (block: number) => Math.floor((block * rows) / (count + 1));
  const folds = Array.from({ length: count }, (_, block) => ({
    train: rowRange(0, border(block + 1)),
    validation: rowRange(border(block + 1), border(block + 2)),
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
