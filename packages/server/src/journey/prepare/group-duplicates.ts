import type { Column, Table } from '../ingest/index.ts';
import { NumberIndex } from './number-index.ts';

/** Larger tables are not searched for duplicate rows. */
const MOST_CELLS = 50_000_000;

/**
 * Groups of rows that are equal in every column: `groupOf[i]` is the group of `rows[i]`, numbered in order of first
 * appearance. Null when all rows differ, or the table is too large to look.
 */
export function groupDuplicates(
  table: Table,
  rows: Int32Array,
  ignore: ReadonlySet<string>,
): Int32Array | null {
  const columns = table.columns.filter(({ name }) => !ignore.has(name));
  if (columns.length * rows.length > MOST_CELLS) return null;
  const hashes = hashRows(columns, rows);
  const groups = new NumberIndex(rows.length);
  const groupOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) groupOf[i] = groups.numberOf(hashes[i]!);
  return groups.size === rows.length ? null : groupOf;
}

const MIX_LOW = 0x85ebca6b;
const MIX_HIGH = 0xc2b2ae35;

/** A 53-bit hash of each row. Two different rows that meet in it are kept together, which does no harm. */
function hashRows(columns: readonly Column[], rows: Int32Array): Float64Array {
  const low = new Int32Array(rows.length);
  const high = new Int32Array(rows.length);
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  for (const column of columns) {
    for (let i = 0; i < rows.length; i++) {
      double[0] = column.type === 'string' ? column.codes[rows[i]!]! : column.values[rows[i]!]!;
      low[i] = mixed(low[i]! ^ words[0]!, MIX_LOW) + words[1]!;
      high[i] = mixed(high[i]! ^ words[1]!, MIX_HIGH) + words[0]!;
    }
  }
  const hashes = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++)
    hashes[i] = (mixed(low[i]!, MIX_HIGH) >>> 0) + (mixed(high[i]!, MIX_LOW) >>> 11) * 2 ** 32;
  return hashes;
}

function mixed(value: number, by: number): number {
  const h = Math.imul(value ^ (value >>> 15), by);
  return Math.imul(h ^ (h >>> 13), 0x27d4eb2f) ^ (h >>> 16);
}
