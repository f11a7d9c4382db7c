import type { Column } from '../../ingest/index.ts';
import { isPresent, keyOf } from '../present-values.ts';

/** Whether the values of a column and the classes of the target correspond one to one, in every row. */
export function renamesClasses(column: Column, target: Column, rows: Int32Array): boolean {
  const classOf = new Map<number, number>();
  const keyOfClass = new Map<number, number>();
  for (const row of rows) {
    const value = isPresent(column, row) ? keyOf(column, row) : Number.NaN;
    const own = keyOf(target, row);
    if (!classOf.has(value) && !keyOfClass.has(own)) {
      classOf.set(value, own);
      keyOfClass.set(own, value);
    } else if (classOf.get(value) !== own) return false;
  }
  return classOf.size > 1;
}

/** Whether a number column is the target in another unit: target = a + b × column, in every row, by what the target spreads. */
export function rescalesTarget(column: Column, target: Column, rows: Int32Array): boolean {
  if (column.type === 'string' || target.type === 'string') return false;
  const x = column.values;
  const y = target.values;
  const first = rows[0]!;
  // Of the row furthest away the slope has the most digits.
  let other = first;
  for (const row of rows) {
    if (Number.isNaN(x[row]!)) return false;
    if (Math.abs(x[row]! - x[first]!) > Math.abs(x[other]! - x[first]!)) other = row;
  }
  const slope = (y[other]! - y[first]!) / (x[other]! - x[first]!);
  if (slope === 0 || !Number.isFinite(slope)) return false;
  const nearly = comparerFor(y, rows);
  return rows.every((row) => {
    const difference = slope * (x[row]! - x[first]!);
    return nearly(y[first]! + difference, y[row]!, Math.abs(slope * x[row]!));
  });
}

/** Two number columns whose sum is the target in every row, if any. */
export function summands(
  columns: readonly Column[],
  target: Column,
  rows: Int32Array,
): [string, string] | null {
  if (target.type === 'string') return null;
  const y = target.values;
  const nearly = comparerFor(y, rows);
  const numbers = columns.flatMap((column) => (column.type === 'number' ? [column] : []));
  for (const [i, a] of numbers.entries()) {
    for (const b of numbers.slice(i + 1)) {
      if (rows.every((row) => nearly(a.values[row]! + b.values[row]!, y[row]!, Math.abs(a.values[row]!))))
        return [a.name, b.name];
    }
  }
  return null;
}

/** Differences that are none: this share of the target's spread, and the last digits of doubles as large as what was added. */
const SHARE_OF_SPREAD = 1e-9;
const LAST_DIGITS = 2 ** -50;

/** Whether two numbers of about the target's are equal but for rounding; `summand` is the size of what one was added up of. */
export function comparerFor(
  y: Float64Array,
  rows: Int32Array,
): (a: number, b: number, summand: number) => boolean {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    least = Math.min(least, y[row]!);
    greatest = Math.max(greatest, y[row]!);
  }
  const allowed = SHARE_OF_SPREAD * (greatest - least);
  return (a, b, summand) =>
    Math.abs(a - b) <= allowed + LAST_DIGITS * Math.max(Math.abs(a), Math.abs(b), summand);
}
