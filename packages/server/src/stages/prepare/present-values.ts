import type { Column } from '../ingest/index.ts';

/** Whether the column has a value in this row. */
export function isPresent(column: Column, row: number): boolean {
  return column.type === 'string' ? column.codes[row]! >= 0 : !Number.isNaN(column.values[row]!);
}

/** The value as text: the word, `true` and `false`, or the number as JavaScript writes it (1, not 1.0). */
export function textOf(column: Column, row: number): string {
  if (column.type === 'string') return column.dictionary[column.codes[row]!]!;
  const value = column.values[row]!;
  return column.type === 'boolean' ? String(value === 1) : String(value);
}

/** A number that is equal exactly where the values of the column are: the code of a word, or the number itself. */
export function keyOf(column: Column, row: number): number {
  return column.type === 'string' ? column.codes[row]! : column.values[row]!;
}

/** How many of the rows hold each present value, by {@link keyOf}; stops counting new values after `limit`. */
export function countKeys(
  column: Column,
  rows: Int32Array,
  limit = Number.POSITIVE_INFINITY,
): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    if (!isPresent(column, row)) continue;
    const key = keyOf(column, row);
    const count = counts.get(key);
    if (count === undefined && counts.size >= limit) continue;
    counts.set(key, (count ?? 0) + 1);
  }
  return counts;
}

export function presentRows(column: Column, rows: number): Int32Array {
  const present = new Int32Array(rows);
  let found = 0;
  for (let row = 0; row < rows; row++) if (isPresent(column, row)) present[found++] = row;
  return present.slice(0, found);
}
