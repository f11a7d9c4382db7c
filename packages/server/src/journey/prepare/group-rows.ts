import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../ingest/index.ts';
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
  const groups = new Map<number, number>();
  let next = 0;
  const groupOf = Int32Array.from(rows, (row) => {
    if (!isPresent(column, row)) return next++;
    const key = keyOf(column, row);
    const known = groups.get(key);
    if (known !== undefined) return known;
    groups.set(key, next);
    return next++;
  });
  if (next < LEAST_GROUPS)
    throw fail('group.too-few', { column: name, groups: next, least: LEAST_GROUPS }, { path: 'group' });
  return groupOf;
}
