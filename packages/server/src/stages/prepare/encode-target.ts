import { type Column, columnNamed, type Table } from '../ingest/index.ts';
import type { Preparation, TargetVector } from './model.ts';
import { isPresent, textOf } from './present-values.ts';

/**
 * The target of the rows (all of the table when left out): class index, or the number. NaN where the row has no
 * target or a class that training never saw.
 */
export function encodeTarget(
  preparation: Pick<Preparation, 'target' | 'classes'>,
  table: Table,
  rows?: Int32Array,
): TargetVector {
  const length = rows?.length ?? table.rows;
  const into = new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
  const column = columnNamed(table, preparation.target);
  if (column === undefined) return into.fill(Number.NaN);
  const encode = preparation.classes.length === 0 ? numberOf(column) : classOf(column, preparation.classes);
  for (let i = 0; i < length; i++) into[i] = encode(rows === undefined ? i : rows[i]!);
  return into;
}

function numberOf(column: Column): (row: number) => number {
  return column.type === 'string' ? () => Number.NaN : (row) => column.values[row]!;
}

function classOf(column: Column, classes: readonly string[]): (row: number) => number {
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const known = new Map<number, number>();
  return (row) => {
    if (!isPresent(column, row)) return Number.NaN;
    const key = column.type === 'string' ? column.codes[row]! : column.values[row]!;
    let index = known.get(key);
    if (index === undefined) {
      index = indexOf.get(textOf(column, row)) ?? Number.NaN;
      known.set(key, index);
    }
    return index;
  };
}
