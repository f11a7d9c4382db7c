import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
} from '@duckdb/node-api';
import type { Column, Table } from '../../stages/ingest/index.ts';
import { identifier, list } from './sql-text.ts';

/** Rows that the engine takes at a time. */
const CHUNK_ROWS = 2048;

/**
 * Runs `work` on a query that gives a table of memory, its rows in order: missing as null, timestamps as such. Texts go
 * over as codes, their dictionary as one list of the query.
 */
export async function inMemory<T>(
  connection: DuckDBConnection,
  table: Table,
  work: (query: string) => Promise<T>,
): Promise<T> {
  const types = table.columns.map(({ type }): DuckDBType => (type === 'string' ? INTEGER : DOUBLE));
  const held = types.map((type, i) => `c${i} ${type}`);
  await connection.run(`CREATE TEMP TABLE memory (${held.join(', ')})`);
  try {
    await appendRows(connection, table, types);
    const given = table.columns.map(
      (column, i) => `${givenAs(column, `c${i}`)} AS ${identifier(column.name)}`,
    );
    return await work(`SELECT ${given.join(', ')} FROM memory`);
  } finally {
    await connection.run('DROP TABLE memory');
  }
}

async function appendRows(
  connection: DuckDBConnection,
  { rows, columns }: Table,
  types: readonly DuckDBType[],
): Promise<void> {
  const appender = await connection.createAppender('memory');
  try {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = Math.min(rows, from + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, to - from);
      for (const [i, column] of columns.entries()) chunk.setColumnValues(i, heldValues(column, from, to));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

function heldValues(column: Column, from: number, to: number): DuckDBValue[] {
  const held: DuckDBValue[] = new Array(to - from);
  for (let row = from; row < to; row++) held[row - from] = heldValue(column, row);
  return held;
}

function heldValue(column: Column, row: number): number | null {
  if (column.type === 'string') return column.codes[row]! < 0 ? null : column.codes[row]!;
  const value = column.values[row]!;
  return Number.isNaN(value) ? null : value;
}

function givenAs(column: Column, held: string): string {
  if (column.type === 'string') return `(${list(column.dictionary)}::VARCHAR[])[${held} + 1]`;
  if (column.type === 'boolean') return `${held} <> 0`;
  return column.type === 'timestamp' ? `make_timestamp(round(${held} * 1000)::BIGINT)` : held;
}
