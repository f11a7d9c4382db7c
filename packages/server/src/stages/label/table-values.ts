import type { Column } from '../ingest/index.ts';
import type { RowValue } from './model.ts';

/** The columns' values of one row, as a person reads them. */
export function rowValues(columns: readonly Column[], row: number): Record<string, RowValue> {
  return Object.fromEntries(columns.map((column) => [column.name, cellValue(column, row)]));
}

export function isMissing(column: Column, row: number): boolean {
  return column.type === 'string' ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
}

function cellValue(column: Column, row: number): RowValue {
  if (isMissing(column, row)) return null;
  if (column.type === 'string') return column.dictionary[column.codes[row]!]!;
  const value = column.values[row]!;
  if (column.type === 'boolean') return value === 1;
  return column.type === 'timestamp' ? new Date(value).toISOString() : value;
}
