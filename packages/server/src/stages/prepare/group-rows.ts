import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../ingest/index.ts';
import { NumberIndex } from './number-index.ts';
import { isPresent, keyOf } from './present-values.ts';

/** Groups needed to hold some out and part the rest into folds. */
const LEAST_GROUPS = 5;

const NAMES_LISTED = 20;

/**
 * Groups of rows that have the same value of a column: `groupOf[i]` is the group of `rows[i]`, numbered in order of first
 * appearance; a row without a value is a group of its own.
 *
 * Throws `group.missing`, `group.too-few`.
 */
export function groupRows(table: Table, rows: Int32Array, name: string): Int32Array {
  const column = columnNamed(table, name);
  if (column === undefined) {
    const columns = table.columns.map((one) => one.name).slice(0, NAMES_LISTED);
    throw fail('group.missing', { column: name, dataset: 'the dataset', columns }, { path: 'group' });
  }
  const values = new NumberIndex(rows.length);
  /** Of the values, by their number. */
  const groupOfValue = new Int32Array(rows.length);
  const groupOf = new Int32Array(rows.length);
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!isPresent(column, row)) {
      groupOf[i] = next++;
      continue;
    }
    const known = values.size;
    const value = values.numberOf(keyOf(column, row));
    if (value === known) groupOfValue[value] = next++;
    groupOf[i] = groupOfValue[value]!;
  }
  if (next < LEAST_GROUPS)
    throw fail('group.too-few', { column: name, groups: next, least: LEAST_GROUPS }, { path: 'group' });
  return groupOf;
}
