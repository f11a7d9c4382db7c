import type { Column } from '../../ingest/index.ts';
import { keyOf } from '../present-values.ts';
import { fewOf } from './coincidence.ts';

/** Whole numbers, all different, that leave out at most two of three: what is left of the numbers of a table's rows. */
const MOST_NUMBERS_A_ROW = 3;

/**
 * Whether a column numbers the rows of a table that was sorted by the target: along it the classes stand in one block each, or
 * the numbers rise or fall, but for a few rows. `classes` is how many there are, undefined of numbers.
 */
export function numbersSortedRows(
  column: Column,
  target: Column,
  rows: Int32Array,
  classes: number | undefined,
): boolean {
  if (column.type !== 'number') return false;
  const { values } = column;
  const order = numberedOrder(values, rows);
  if (order === undefined) return false;
  const few = fewOf(rows.length);
  return classes === undefined
    ? isNearlyMonotone(order, target, few)
    : changesAlong(order, target) <= classes - 1 + 2 * few;
}

/** The rows in the order of their numbers, if the column could be what numbers them. */
function numberedOrder(values: Float64Array, rows: Int32Array): Int32Array | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    if (!Number.isSafeInteger(values[row]!)) return undefined;
    least = Math.min(least, values[row]!);
    greatest = Math.max(greatest, values[row]!);
  }
  if (greatest - least + 1 > MOST_NUMBERS_A_ROW * rows.length) return undefined;
  const rowOf = new Int32Array(greatest - least + 1).fill(-1);
  for (const row of rows) {
    const place = values[row]! - least;
    if (rowOf[place] !== -1) return undefined;
    rowOf[place] = row;
  }
  return rowOf.filter((row) => row >= 0);
}

function changesAlong(order: Int32Array, target: Column): number {
  let changes = 0;
  for (let i = 1; i < order.length; i++)
    if (keyOf(target, order[i]!) !== keyOf(target, order[i - 1]!)) changes++;
  return changes;
}

function isNearlyMonotone(order: Int32Array, target: Column, few: number): boolean {
  if (target.type === 'string') return false;
  let [rises, falls] = [0, 0];
  for (let i = 1; i < order.length; i++) {
    const step = target.values[order[i]!]! - target.values[order[i - 1]!]!;
    if (step > 0) rises++;
    if (step < 0) falls++;
  }
  return Math.min(rises, falls) <= few && rises + falls > 0;
}
