import type { Column, Table } from '../ingest/index.ts';
import { hashRows } from './hash-rows.ts';
import { NumberIndex } from './number-index.ts';

/** Larger tables are not searched for duplicate rows. */
const MOST_CELLS = 50_000_000;

/** Repeated rows below this share of all rows are kept together without asking why they repeat. */
const MANY_REPEATED = 0.2;
/** … and where each is there fewer times than this on average: whole combinations can be held out, since there are many. */
const FEW_REPEATS = 5;
/** Chance explains repeated rows when it alone would make at least this share of the pairs of equal rows. */
const CHANCE_SHARE = 0.1;

/**
 * Groups of rows that are equal in every column but the ignored ones, of which the target must be one: rows that differ in
 * the target alone are one case seen twice. `groupOf[i]` is the group of `rows[i]`, numbered in order of first appearance.
 *
 * Null when rows need not be kept together: all differ, the table is too large to look, or rows repeat because the columns
 * have few values, as in surveys and A/B logs. Such rows are separate observations; kept together, they would leave
 * no hold-out of the combinations that training saw. How many pairs of equal rows chance would make is computed from the two
 * most varied columns as if they were independent.
 */
export function groupDuplicates(
  table: Table,
  rows: Int32Array,
  ignore: ReadonlySet<string>,
): Int32Array | null {
  const columns = table.columns.filter(({ name }) => !ignore.has(name));
  if (columns.length === 0 || columns.length * rows.length > MOST_CELLS) return null;
  const hashes = hashRows(columns, rows);
  const groups = new NumberIndex(rows.length);
  const groupOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) groupOf[i] = groups.numberOf(hashes[i]!);
  if (groups.size === rows.length) return null;
  return repeatsByChance(columns, rows, sizesOf(groupOf, groups.size)) ? null : groupOf;
}

function sizesOf(groupOf: Int32Array, groups: number): Float64Array {
  const sizes = new Float64Array(groups);
  for (const group of groupOf) sizes[group]!++;
  return sizes;
}

function repeatsByChance(columns: readonly Column[], rows: Int32Array, sizes: Float64Array): boolean {
  let repeated = 0;
  for (const size of sizes) if (size > 1) repeated += size;
  if (repeated < rows.length * MANY_REPEATED || sizes.length * FEW_REPEATS > rows.length) return false;
  const shares = columns.map((column) => equalShare(column, rows)).sort((a, b) => a - b);
  const byChance = shares[0]! * (shares[1] ?? 1) * pairsOf(rows.length);
  let found = 0;
  for (const size of sizes) found += pairsOf(size);
  return byChance >= found * CHANCE_SHARE;
}

/** Pairs that can be made of so many. */
function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** The share of pairs of rows that are equal in a column. */
function equalShare(column: Column, rows: Int32Array): number {
  const values = new NumberIndex(rows.length);
  const counts = new Float64Array(rows.length);
  const numbers = column.type === 'string' ? column.codes : column.values;
  for (const row of rows) counts[values.numberOf(numbers[row]!)]!++;
  let equal = 0;
  for (let value = 0; value < values.size; value++) equal += pairsOf(counts[value]!);
  return equal / Math.max(1, pairsOf(rows.length));
}
