import { ownValue } from '@slipway/contract';
import { formatNumber } from '../words/index.ts';
import { DataTable } from './data-table.tsx';

type RowsTableProps = {
  caption: string;
  rows: readonly Record<string, unknown>[];
  columns: readonly string[];
  /** Rows before the first one shown. */
  from?: number;
};

/** Rows of a table, numbered from 1. */
export function RowsTable({ caption, rows, columns, from = 0 }: RowsTableProps) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={(_, index) => String(from + index)}
      columns={[
        { id: '#', title: 'Row', end: true, show: (_, index) => formatNumber(from + index + 1) },
        ...columns.map((column) => ({
          id: `column:${column}`,
          title: column,
          end: rows.some((row) => typeof ownValue(row, column) === 'number'),
          show: (row: Record<string, unknown>) => cellText(ownValue(row, column)),
        })),
      ]}
    />
  );
}

/** A cell as the file had it: numbers are not rounded here. */
function cellText(value: unknown): string {
  return value === null || value === undefined ? '—' : String(value);
}
