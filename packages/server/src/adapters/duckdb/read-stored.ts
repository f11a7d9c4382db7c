import { type DuckDBConnection, DuckDBDoubleVector, type DuckDBVector } from '@duckdb/node-api';
import type { Column, Row, RowRange, StoredColumn } from '../../stages/ingest/index.ts';
import { readStrings } from './read-strings.ts';
import { identifier, literal } from './sql-text.ts';
import { asNumber, batches, stored, withMissing } from './stored-sql.ts';

type NumberColumn = Extract<Column, { values: Float64Array }>;

/** Columns that are held as strings; all others are numbers in memory. */
const isString = (column: StoredColumn): boolean => column.type === 'string';

export async function* streamNumbers(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly StoredColumn[],
): AsyncGenerator<Float64Array[]> {
  const nan = "'NaN'::DOUBLE";
  const outer = columns.map((column) => `coalesce(${asNumber(column)}, ${nan})`).join(', ');
  const result = await connection.stream(`SELECT ${outer} FROM ${relation}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield columns.map((_, i) => doubles(chunk.getColumnVector(i)));
  }
}

/** Whole columns of a relation, in its order. */
export async function readColumns(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly StoredColumn[],
): Promise<{ rows: number; columns: Column[] }> {
  const counted = await connection.run(`SELECT count(*) FROM ${relation}`);
  const rows = Number((await counted.getRows())[0]![0]);
  const numbers = await readNumbers(
    connection,
    relation,
    columns.filter((column) => !isString(column)),
    rows,
  );
  const strings = await readStrings(connection, relation, columns.filter(isString), rows);
  const all = columns.map((column): Column => strings.get(column.name) ?? numbers.get(column.name)!);
  return { rows, columns: all };
}

/** Some rows of a file, read once into a table that the engine then looks through column by column. */
export async function readSlice(
  connection: DuckDBConnection,
  file: string,
  columns: readonly StoredColumn[],
  { from, to }: RowRange,
): Promise<{ rows: number; columns: Column[] }> {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const isWanted = `file_row_number >= ${Math.trunc(from)} AND file_row_number < ${Math.trunc(to)}`;
  const all = `read_parquet(${literal(file)}, file_row_number = true)`;
  const wanted = withMissing(`(SELECT ${names} FROM ${all} WHERE ${isWanted})`, columns);
  await connection.run(`CREATE TEMP TABLE slice AS SELECT ${names} FROM ${wanted}`);
  try {
    return await readColumns(connection, 'slice', columns);
  } finally {
    await connection.run('DROP TABLE slice');
  }
}

async function readNumbers(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly StoredColumn[],
  rows: number,
): Promise<Map<string, NumberColumn>> {
  const read = new Map<string, NumberColumn>();
  for (const part of batches(columns, 256)) {
    const into = part.map(
      ({ name, type }) => ({ name, type, values: new Float64Array(rows) }) as NumberColumn,
    );
    let row = 0;
    for await (const chunk of streamNumbers(connection, relation, part)) {
      chunk.forEach((values, i) => {
        into[i]!.values.set(values, row);
      });
      row += chunk[0]!.length;
    }
    for (const column of into) read.set(column.name, column);
  }
  return read;
}

export async function readRows(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
  range: { offset: number; limit: number; charactersOfText?: number },
): Promise<Row[]> {
  const longest = range.charactersOfText;
  const outer = columns
    .map((column) => `${jsonValue(column, longest)} AS ${identifier(column.name)}`)
    .join(', ');
  const sql = `SELECT ${outer} FROM ${stored(files)} LIMIT ${Math.trunc(range.limit)} OFFSET ${Math.trunc(range.offset)}`;
  const reader = await connection.runAndReadAll(sql);
  const names = columns.map((column) => column.name);
  return reader
    .getRows()
    .map((row) => Object.fromEntries(row.map((value, i) => [names[i]!, value as Row[string]])));
}

function jsonValue(column: StoredColumn, longest: number | undefined): string {
  const name = identifier(column.name);
  if (column.type === 'string' && longest !== undefined)
    return `CASE WHEN length(${name}) > ${longest} THEN left(${name}, ${longest}) || '…' ELSE ${name} END`;
  if (column.type === 'timestamp') return `strftime(${name}, ${literal('%Y-%m-%dT%H:%M:%S.%gZ')})`;
  return column.type === 'number' ? `${name}::DOUBLE` : name;
}

/** The doubles of a vector whose values are all present. */
function doubles(vector: DuckDBVector): Float64Array {
  if (!(vector instanceof DuckDBDoubleVector)) throw new TypeError('expected a vector of doubles');
  return (vector as unknown as { items: Float64Array }).items;
}
