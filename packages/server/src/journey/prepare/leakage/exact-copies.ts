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

/** Whether a number column is the target in another unit: target = a + b × column, in every row. */
export function rescalesTarget(column: Column, target: Column, rows: Int32Array): boolean {
  if (column.type === 'string' || target.type === 'string') return false;
  const x = column.values;
  const y = target.values;
  const first = rows[0]!;
  const other = rows.find((row) => x[row] !== x[first] && !Number.isNaN(x[row]!));
  if (other === undefined) return false;
  const slope = (y[other]! - y[first]!) / (x[other]! - x[first]!);
  if (slope === 0 || !Number.isFinite(slope)) return false;
  return rows.every((row) => nearly(y[first]! + slope * (x[row]! - x[first]!), y[row]!));
}

/** Two number columns whose sum is the target in every row, if any. */
export function summands(
  columns: readonly Column[],
  target: Column,
  rows: Int32Array,
): [string, string] | null {
  if (target.type === 'string') return null;
  const numbers = columns.flatMap((column) => (column.type === 'number' ? [column] : []));
  for (const [i, a] of numbers.entries()) {
    for (const b of numbers.slice(i + 1)) {
      if (rows.every((row) => nearly(a.values[row]! + b.values[row]!, target.values[row]!)))
        return [a.name, b.name];
    }
  }
  return null;
}

function nearly(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}
