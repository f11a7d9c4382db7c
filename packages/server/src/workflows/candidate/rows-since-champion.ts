import { type Table, takeRows } from '../../stages/ingest/index.ts';
import { encodeTarget, type Preparation, type Split, type TargetVector } from '../../stages/prepare/index.ts';
import type { CandidateInput } from '../model.ts';
import type { FormerTarget } from './split-increments.ts';

/** Labelled rows and their target as the candidate has it. */
export type LabelledRows = { table: Table; target: TargetVector };

/** Rows that the champion's training could not have, and those it could. */
export type Growth = {
  /** Places in the candidate's hold-out: rows of the champion's own hold-out, and rows that came later. */
  holdout: { original: Int32Array; recent: Int32Array };
  /** Places in the candidate's training rows of those that came later. */
  train: Int32Array;
  /** Labelled rows of both sides of the split; at most {@link MOST_ROWS} of each, evenly over them. */
  before: LabelledRows;
  appended: LabelledRows;
  /** Training-side target values of the appended rows: what a constant prediction could know of them. */
  appendedTrain: TargetVector;
  /** How many labelled rows there are, before that limit. */
  rows: { before: number; appended: number };
};

/** Shift is measured on so many rows of each side: effects that matter show on far fewer. */
const MOST_ROWS = 10_000;

type Since = {
  /** Rows of the candidate's hold-out and of its training, by their number in the table. */
  holdoutRows: Int32Array;
  trainRows: Int32Array;
  preparation: Preparation;
} & Pick<CandidateInput, 'champion' | 'increments'> & { former: readonly FormerTarget[] };

/**
 * Parts the labelled rows by whether the champion's training had them: a row came later when its increment did, or when its
 * target was filled in later. Null without a champion, when it was trained on another dataset, or when either part is empty.
 */
export function rowsSinceChampion(table: Table, whole: Split, since: Since): Growth | null {
  const known = since.champion?.known;
  if (known == null) return null;
  const first = since.increments.slice(0, known.increments).reduce((sum, rows) => sum + rows, 0);
  const then = since.former[known.labellings];
  const cameLater = (row: number) => row >= first || (then !== undefined && !hadValue(then, row));
  const parted = (rows: Int32Array) => ({
    before: rows.filter((row) => !cameLater(row)),
    appended: rows.filter(cameLater),
  });
  const [train, holdout] = [parted(whole.train), parted(whole.holdout)];
  const before = merged(train.before, holdout.before);
  const appended = merged(train.appended, holdout.appended);
  if (before.length === 0 || appended.length === 0) return null;
  const placesOf = (rows: Int32Array, isWanted: (row: number) => boolean) =>
    Int32Array.from(rows.keys()).filter((place) => isWanted(rows[place]!));
  const { preparation } = since;
  return {
    holdout: {
      original: placesOf(since.holdoutRows, (row) => !cameLater(row)),
      recent: placesOf(since.holdoutRows, cameLater),
    },
    train: placesOf(since.trainRows, cameLater),
    before: labelled(table, before, preparation),
    appended: labelled(table, appended, preparation),
    appendedTrain: present(encodeTarget(preparation, table, train.appended)),
    rows: { before: before.length, appended: appended.length },
  };
}

function hadValue({ column }: FormerTarget, row: number): boolean {
  if (column === undefined) return false;
  return column.type === 'string' ? column.codes[row]! >= 0 : !Number.isNaN(column.values[row]!);
}

function merged(one: Int32Array, other: Int32Array): Int32Array {
  return Int32Array.from([...one, ...other]).sort();
}

/** Evenly over the rows, those whose class the candidate knows. */
function labelled(table: Table, rows: Int32Array, preparation: Preparation): LabelledRows {
  const count = Math.min(rows.length, MOST_ROWS);
  const taken = Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  const target = encodeTarget(preparation, table, taken);
  const known = taken.filter((_, place) => !Number.isNaN(target[place]!));
  return { table: takeRows(table, known), target: present(target) };
}

function present(target: TargetVector): TargetVector {
  return target.filter((value) => !Number.isNaN(value));
}
