import { distinctDigits } from '../../../kernel/index.ts';
import type { Column } from '../../ingest/index.ts';
import type { GroupColumn } from '../model.ts';
import { groupRows } from '../slices.ts';

/** A column with more groups shows the largest; the rows of all others are one. */
const MOST_GROUPS = 20;

export type GroupOfRows = { value: string; rows: Int32Array };

export const MISSING = '(missing)';

/** The rows of each group, numbers in their order, categories from the largest on, missing ones last. */
export function rowsByGroup(column: Column, { cuts }: GroupColumn): GroupOfRows[] {
  if (column.type === 'string') return byCategory(column);
  const groups = groupRows(column.values.map((value) => keyOf(value, cuts)));
  const keys = [...groups.keys()].filter((key) => !Number.isNaN(key)).sort((a, b) => a - b);
  const named = keys.map((key) => ({
    value: nameOf(column.type, key, cuts, keys),
    rows: Int32Array.from(groups.get(key)!),
  }));
  return limited([...named, ...missing(groups.get(Number.NaN))]);
}

function byCategory({ codes, dictionary }: Extract<Column, { type: 'string' }>): GroupOfRows[] {
  const groups = groupRows(codes);
  const named = [...groups]
    .filter(([code]) => code >= 0)
    .map(([code, rows]) => ({ value: dictionary[code]!, rows: Int32Array.from(rows) }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
  return limited([...named, ...missing(groups.get(-1))]);
}

function missing(rows: readonly number[] | undefined): GroupOfRows[] {
  return rows === undefined ? [] : [{ value: MISSING, rows: Int32Array.from(rows) }];
}

function limited(groups: readonly GroupOfRows[]): GroupOfRows[] {
  if (groups.length <= MOST_GROUPS) return [...groups];
  const largest = groups.toSorted((a, b) => b.rows.length - a.rows.length).slice(0, MOST_GROUPS - 1);
  const others = groups.filter((group) => !largest.includes(group));
  const rows = Int32Array.from(others.flatMap((group) => [...group.rows]));
  return [...groups.filter((group) => largest.includes(group)), { value: `(${others.length} others)`, rows }];
}

/** The value itself, or the place of its band. */
function keyOf(value: number, cuts: readonly number[] | null): number {
  if (cuts === null || Number.isNaN(value)) return value;
  return cuts.filter((cut) => value >= cut).length;
}

function nameOf(
  type: Column['type'],
  key: number,
  cuts: readonly number[] | null,
  keys: readonly number[],
): string {
  if (type === 'boolean') return key === 0 ? 'false' : 'true';
  const digits = distinctDigits(cuts ?? keys);
  const show = (edge: number) =>
    type === 'timestamp'
      ? new Date(edge).toISOString().slice(0, 10)
      : String(Number(edge.toPrecision(digits)));
  if (cuts === null) return show(key);
  if (cuts.length === 0) return 'all';
  if (key === 0) return `below ${show(cuts[0]!)}`;
  if (key === cuts.length) return `${show(cuts[key - 1]!)} and above`;
  return `${show(cuts[key - 1]!)} to below ${show(cuts[key]!)}`;
}
