import type { Table } from '../../stages/ingest/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';
import type { RawRow } from '../../stages/serve/index.ts';
import { cellValue } from '../jobs/cells.ts';

/** The rows of a table as callers of an endpoint would send them. */
export function rowsOfTable(inputs: readonly InputColumn[], table: Table): RawRow[] {
  const names = new Set(inputs.map(({ name }) => name));
  const columns = table.columns.filter(({ name }) => names.has(name));
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, cellValue(column, row)])),
  );
}
