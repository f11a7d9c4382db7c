import type { Column } from '../../ingest/index.ts';
import { isPresent, keyOf } from '../present-values.ts';
import { isBeyondChance, logChanceOfOverlap, type Overlap } from './beyond-chance.ts';
import { fewOf, isSameButForFew } from './coincidence.ts';

/** A column whose values are known only after the outcome, and the rows that this shows on. */
export type Afterwards = { column: string; isMarked: (row: number) => boolean; how: 'filled in' | 'missing' };

/**
 * Why a column is known only afterwards because another one is: it is filled in only where that one shows the outcome (at most 1
 * of its rows in 500 is elsewhere), or its two values say just where (but for 1 row in 500 of all). Beyond chance; undefined
 * where neither holds.
 *
 * @param rows every row with a target
 * @param tries columns that are looked at in this way
 */
export function companionOf(
  column: Column,
  { column: of, isMarked, how }: Afterwards,
  rows: Int32Array,
  tries: number,
): string | undefined {
  const isCertain = (overlap: Overlap) => isBeyondChance(logChanceOfOverlap(overlap), tries);
  const filled = overlapOf(rows, isMarked, (row) => isPresent(column, row));
  const isPartly = filled.marked > 0 && filled.marked < rows.length;
  if (isPartly && filled.marked - filled.both <= fewOf(filled.marked) && isCertain(filled))
    return `${column.name} is filled in only where ${of} is ${how}, which is known only afterwards`;
  for (const value of twoValues(column, rows)) {
    const flagged = overlapOf(rows, isMarked, (row) => keyOf(column, row) === value);
    if (isSameButForFew(flagged) && isCertain(flagged))
      return `${column.name} says just where ${of} is ${how}, which is known only afterwards`;
  }
  return undefined;
}

function overlapOf(
  rows: Int32Array,
  isMarked: (row: number) => boolean,
  isFlagged: (row: number) => boolean,
): Overlap {
  const overlap = { rows: rows.length, inClass: 0, marked: 0, both: 0 };
  for (const row of rows) {
    const [mark, flag] = [isMarked(row), isFlagged(row)];
    if (mark) overlap.inClass++;
    if (flag) overlap.marked++;
    if (mark && flag) overlap.both++;
  }
  return overlap;
}

/** The values of a column that has two and none missing; else none. */
function twoValues(column: Column, rows: Int32Array): number[] {
  const values = new Set<number>();
  for (const row of rows) {
    if (!isPresent(column, row)) return [];
    values.add(keyOf(column, row));
    if (values.size > 2) return [];
  }
  return values.size === 2 ? [...values] : [];
}
