import type { SliceCondition } from '@slipway/contract';
import { type Column, type ColumnType, columnNamed, type Table } from '../ingest/index.ts';
import { parseTimestamp } from '../prepare/index.ts';

/** Ascending numbers of the rows that satisfy all conditions; undefined where the table lacks one of the columns. */
export function sliceRows(table: Table, where: readonly SliceCondition[]): Int32Array | undefined {
  const tests: ((row: number) => boolean)[] = [];
  for (const condition of where) {
    const column = columnNamed(table, condition.column);
    if (column === undefined) return undefined;
    tests.push(testOf(column, condition));
  }
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  return rows.filter((row) => tests.every((test) => test(row)));
}

/** Whether a column of the type can be compared with the value so: texts are not ordered, a time is ISO 8601. */
export function isComparable(type: ColumnType, { is, value }: SliceCondition): boolean {
  const isEquality = is === '=' || is === '!=';
  if (value === null) return isEquality;
  if (type === 'string') return isEquality;
  return !Number.isNaN(numberOf(type, value)) && (type !== 'boolean' || isEquality);
}

function testOf(column: Column, { is, value }: SliceCondition): (row: number) => boolean {
  const compare = COMPARE[is];
  if (column.type === 'string') {
    if (value === null) return (row) => column.codes[row]! < 0 === (is === '=');
    const wanted = String(value);
    const matches = column.dictionary.map((word) => (word === wanted) === (is === '='));
    return (row) => column.codes[row]! >= 0 && matches[column.codes[row]!]!;
  }
  const { values, type } = column;
  if (value === null) return (row) => Number.isNaN(values[row]!) === (is === '=');
  const wanted = numberOf(type, value);
  return (row) => !Number.isNaN(values[row]!) && compare(values[row]!, wanted);
}

const COMPARE: Record<SliceCondition['is'], (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '>': (left, right) => left > right,
  '<=': (left, right) => left <= right,
  '<': (left, right) => left < right,
};

const BOOLEANS = new Map([
  ['true', 1],
  ['1', 1],
  ['false', 0],
  ['0', 0],
]);

/** The value as a column of the type holds it; NaN where it is none. */
function numberOf(type: Exclude<ColumnType, 'string'>, value: string | number | boolean): number {
  if (type === 'boolean') return BOOLEANS.get(String(value).trim().toLowerCase()) ?? Number.NaN;
  if (type === 'timestamp') {
    if (typeof value === 'number') return value;
    return (typeof value === 'string' ? parseTimestamp(value) : null) ?? Number.NaN;
  }
  if (typeof value === 'boolean' || String(value).trim() === '') return Number.NaN;
  return Number(value);
}
