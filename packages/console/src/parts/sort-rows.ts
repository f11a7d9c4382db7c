/** What a row is sorted by; null and undefined come last in either direction. */
export type SortValue = string | number | null | undefined;

/** How a table is sorted, as the address says it: `value` ascending, `-value` descending. */
export type SortOrder = { column: string; descending: boolean };

export function readSortOrder(text: string | undefined): SortOrder | null {
  if (text === undefined || text === '' || text === '-') return null;
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

/** The order that a click on a column's head asks for: descending first, then ascending, then none. */
export function nextSortOrder(current: SortOrder | null, column: string): string | undefined {
  if (current?.column !== column) return `-${column}`;
  return current.descending ? column : undefined;
}

/** The rows in order, stably; the rows given stay as they are. */
export function sortRows<Row>(
  rows: readonly Row[],
  sortBy: (row: Row) => SortValue,
  descending: boolean,
): Row[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: sortBy(row) }))
    .sort((a, b) => compare(a.value, b.value, direction))
    .map(({ row }) => row);
}

function compare(a: SortValue, b: SortValue, direction: number): number {
  if (isAbsent(a) || isAbsent(b)) return Number(isAbsent(a)) - Number(isAbsent(b));
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * String(a).localeCompare(String(b), 'en', { numeric: true });
}

function isAbsent(value: SortValue): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value);
}
