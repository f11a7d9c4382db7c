import type { Column, StoredColumn, Table, Workspace } from '../../stages/ingest/index.ts';

/** Rows that are in memory at once at most; wide tables have fewer, so that cells stay bounded too. */
export const MOST_SLICE_ROWS = 10_000;
const MOST_SLICE_CELLS = 500_000;

/** Some rows of a stored file; `first` is the place of the first among all, from 0. */
export type Slice = { table: Table; first: number };

/**
 * The rows of a stored file from the row `from` on, in order, slice by slice. Each slice but the last has a multiple of
 * `rowsACall` rows.
 */
export async function* readSlices(
  workspace: Workspace,
  { file, rows, columns }: { file: string; rows: number; columns: readonly StoredColumn[] },
  { from, rowsACall }: { from: number; rowsACall: number } = { from: 0, rowsACall: 1 },
): AsyncGenerator<Slice, void, undefined> {
  const most = Math.min(MOST_SLICE_ROWS, MOST_SLICE_CELLS / Math.max(1, columns.length));
  const sliceRows = Math.max(1, Math.floor(most / rowsACall)) * rowsACall;
  for (let first = from; first < rows; first += sliceRows) {
    const to = Math.min(rows, first + sliceRows);
    yield { table: await workspace.slice(file, columns, { from: first, to }), first };
  }
}

/** At most `count` rows of a table from the row `from` on; views of its columns, not copies. */
export function rowsFrom({ rows, columns }: Table, from: number, count: number): Table {
  const to = Math.min(rows, from + count);
  const cut = (column: Column): Column =>
    column.type === 'string'
      ? { ...column, codes: column.codes.subarray(from, to) }
      : { ...column, values: column.values.subarray(from, to) };
  return { rows: to - from, columns: columns.map(cut) };
}
