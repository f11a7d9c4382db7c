import type { Column, Table } from '../../ingest/index.ts';
import type { Predictions } from '../../train/index.ts';
import type { ColumnDependence, DependencePoint } from './explanation.ts';

/** Values of a column that are tried. */
export const MOST_POINTS = 20;

/**
 * How the answer changes with one raw column while the others stay as they are. Numbers and times are tried at their
 * quantiles, categories from the most frequent on.
 */
export function partialDependence(
  table: Table,
  column: Column,
  predict: (table: Table) => Predictions,
): ColumnDependence {
  const points = triedValues(column).map(({ value, cell }) => {
    const fixed = fixedColumn(column, cell, table.rows);
    const columns = table.columns.map((one) => (one.name === column.name ? fixed : one));
    return pointOf(value, predict({ ...table, columns }));
  });
  return { column: column.name, type: column.type, points };
}

/** A value as it is shown, and as the table holds it. */
type Tried = { value: string | number; cell: number };

function triedValues(column: Column): Tried[] {
  if (column.type === 'string') return frequentCodes(column);
  const present = column.values.filter((value) => !Number.isNaN(value)).sort();
  const ranks = Array.from({ length: MOST_POINTS }, (_, i) => (i * (present.length - 1)) / (MOST_POINTS - 1));
  const cells = [...new Set(ranks.map((rank) => present[Math.round(rank)]!))].filter(Number.isFinite);
  return cells.map((cell) => ({ value: SHOWN[column.type](cell), cell }));
}

const SHOWN: Record<'number' | 'boolean' | 'timestamp', (cell: number) => string | number> = {
  number: (cell) => cell,
  boolean: (cell) => String(cell === 1),
  timestamp: (cell) => new Date(cell).toISOString(),
};

function frequentCodes({ codes, dictionary }: Extract<Column, { type: 'string' }>): Tried[] {
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_POINTS)
    .map(([cell]) => ({ value: dictionary[cell]!, cell }));
}

function fixedColumn(column: Column, cell: number, rows: number): Column {
  return column.type === 'string'
    ? { ...column, codes: new Int32Array(rows).fill(cell) }
    : { ...column, values: new Float64Array(rows).fill(cell) };
}

function pointOf(value: string | number, { rows, outputs, values }: Predictions): DependencePoint {
  const mean = new Array<number>(outputs).fill(0);
  for (let i = 0; i < values.length; i++) mean[i % outputs]! += values[i]! / rows;
  const first = Float64Array.from({ length: rows }, (_, row) => values[row * outputs]!).sort();
  const at = (share: number) => first[Math.round(share * (rows - 1))]!;
  return { value, mean, low: at(0.1), high: at(0.9) };
}
