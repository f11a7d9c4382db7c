import type { Column } from '../../stages/ingest/index.ts';

/** A cell as a caller of an endpoint sends it: timestamps as ISO 8601, missing as null. */
export function cellValue(column: Column, row: number): string | number | boolean | null {
  if (column.type === 'string') return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  if (column.type === 'boolean') return value !== 0;
  return column.type === 'timestamp' ? new Date(value).toISOString() : value;
}

/** A cell as text, null when it is missing. */
export function cellText(column: Column, row: number): string | null {
  const value = cellValue(column, row);
  return value === null ? null : String(value);
}
