import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredColumn } from '../../journey/ingest/index.ts';
import { identifier, list } from './sql-text.ts';

/** Stored files as one relation; whole and fractional numbers of one column meet as DOUBLE. */
export function stored(files: readonly string[]): string {
  return `read_parquet(${list(files)}, union_by_name = true)`;
}

/** A number, boolean or timestamp column as DOUBLE: 0 and 1, epoch milliseconds. */
export function asNumber(column: StoredColumn): string {
  const name = identifier(column.name);
  if (column.type === 'timestamp') return `(epoch_us(${name}) / 1000.0)::DOUBLE`;
  return `${name}::DOUBLE`;
}

/**
 * Runs `work` on a temporary table of some columns: worth it where they are read again and again, for opening a wide
 * file costs more than reading a column of it.
 */
export async function inTemporaryTable<T>(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
  work: (table: string) => Promise<T>,
): Promise<T> {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  await connection.run(`CREATE TEMP TABLE part AS SELECT ${names} FROM ${stored(files)}`);
  try {
    return await work('part');
  } finally {
    await connection.run('DROP TABLE part');
  }
}

/** Batches of columns, so that no query is too wide to plan. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  const all: T[][] = [];
  for (let from = 0; from < items.length; from += size) all.push(items.slice(from, from + size));
  return all;
}
