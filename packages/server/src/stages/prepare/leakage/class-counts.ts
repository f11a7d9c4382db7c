import type { Column } from '../../ingest/index.ts';
import { isPresent, keyOf } from '../present-values.ts';
import type { Overlap } from './beyond-chance.ts';

/** The target of some rows as a few classes, by small numbers that are quick to count. */
export type RowClasses = {
  rows: Int32Array;
  /** Class of each of the rows, by its place among the rows. */
  classOf: Int32Array;
  /** Rows of each class. */
  counts: number[];
  /** Key of each class, see {@link keyOf}. */
  keys: number[];
};

export function classesOfRows(target: Column, rows: Int32Array): RowClasses {
  const places = new Map<number, number>();
  const counts: number[] = [];
  const classOf = Int32Array.from(rows, (row) => {
    const key = keyOf(target, row);
    const place = places.get(key) ?? places.size;
    if (place === places.size) places.set(key, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  return { rows, classOf, counts, keys: [...places.keys()] };
}

/** Of each class its overlap with the marked rows; none where all rows are marked, or no row is. */
export function overlapsOf(
  { rows, classOf, counts }: RowClasses,
  isMarked: (row: number) => boolean,
): Overlap[] {
  const both = counts.map(() => 0);
  let marked = 0;
  for (let i = 0; i < rows.length; i++) {
    if (!isMarked(rows[i]!)) continue;
    marked++;
    both[classOf[i]!]!++;
  }
  if (marked === 0 || marked === rows.length) return [];
  return counts.map((inClass, k) => ({ rows: rows.length, inClass, marked, both: both[k]! }));
}

/**
 * Of each class its overlap with the value that most of its rows have. Missing is a value too. Undefined where the column has
 * more than `mostValues` values, or two classes the same one.
 */
export function mainValues(
  column: Column,
  { rows, classOf, counts }: RowClasses,
  mostValues: number,
): Overlap[] | undefined {
  const ofValue = new Map<number, { marked: number; both: number[] }>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const value = isPresent(column, row) ? keyOf(column, row) : Number.NaN;
    let own = ofValue.get(value);
    if (own === undefined) {
      if (ofValue.size >= mostValues) return undefined;
      own = { marked: 0, both: counts.map(() => 0) };
      ofValue.set(value, own);
    }
    own.marked++;
    own.both[classOf[i]!]!++;
  }
  const values = [...ofValue.values()];
  const taken = new Set<unknown>();
  return counts.every((_, k) => {
    const main = mainOf(values, k);
    return !taken.has(main) && taken.add(main);
  })
    ? counts.map((inClass, k) => {
        const { marked, both } = mainOf(values, k);
        return { rows: rows.length, inClass, marked, both: both[k]! };
      })
    : undefined;
}

function mainOf<Value extends { both: number[] }>(values: readonly Value[], k: number): Value {
  return values.reduce((best, one) => (one.both[k]! > best.both[k]! ? one : best));
}

/** How often each number of a target occurs. */
export function numberCounts({ values }: Extract<Column, { values: Float64Array }>, rows: Int32Array) {
  const sorted = Float64Array.from(rows, (row) => values[row]!).sort();
  const counts: { number: number; count: number }[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    counts.push({ number: sorted[from]!, count: to - from });
    from = to;
  }
  return counts;
}
