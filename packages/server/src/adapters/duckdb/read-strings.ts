import { type DuckDBConnection, DuckDBUIntegerVector, type DuckDBVector } from '@duckdb/node-api';
import type { Column, StoredColumn } from '../../stages/ingest/index.ts';
import { identifier } from './sql-text.ts';
import { batches, inRelation } from './stored-sql.ts';

type StringColumn = Extract<Column, { codes: Int32Array }>;

/** Up to so many distinct values the engine encodes (an ENUM); beyond, building the ENUM costs more than decoding. */
const LARGEST_ENUM = 20_000;
const MISSING = 0xffffffff;

/** String columns with sorted dictionaries. Codes are looked up by the engine, in the relation's order. */
export async function readStrings(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly StoredColumn[],
  rows: number,
): Promise<Map<string, StringColumn>> {
  const read = new Map<string, StringColumn>();
  for (const part of batches(columns, 64)) {
    await inRelation(connection, relation, { part, columns: columns.length }, async (table) => {
      for (const column of await readPart(connection, table, part, rows)) read.set(column.name, column);
    });
  }
  return read;
}

async function readPart(
  connection: DuckDBConnection,
  table: string,
  columns: readonly StoredColumn[],
  rows: number,
): Promise<StringColumn[]> {
  const read: StringColumn[] = [];
  for (const { name } of columns) {
    const dictionary = await distinctWords(connection, table, name, LARGEST_ENUM + 1);
    read.push({ name, type: 'string', codes: new Int32Array(rows).fill(-1), dictionary });
  }
  const varied = read.filter(({ dictionary }) => dictionary.length > LARGEST_ENUM);
  for (const column of varied) await decode(connection, table, column);
  const coded = read.filter(({ dictionary }) => dictionary.length > 0 && dictionary.length <= LARGEST_ENUM);
  // After decoding, a varied column has its whole dictionary, and so is not among the coded ones.
  if (coded.length > 0) await readCodes(connection, table, coded);
  return read;
}

async function distinctWords(
  connection: DuckDBConnection,
  table: string,
  column: string,
  limit: number,
): Promise<string[]> {
  const name = identifier(column);
  const words = `SELECT DISTINCT ${name} AS w FROM ${table} WHERE ${name} IS NOT NULL LIMIT ${limit}`;
  const reader = await connection.runAndReadAll(`SELECT w FROM (${words}) ORDER BY w`);
  return (reader.getColumns()[0] as string[] | undefined) ?? [];
}

async function readCodes(connection: DuckDBConnection, table: string, into: StringColumn[]): Promise<void> {
  const types = into.map((_, i) => `words_${i}`);
  for (const [i, column] of into.entries()) {
    const name = identifier(column.name);
    await connection.run(
      `CREATE TYPE ${types[i]} AS ENUM (SELECT DISTINCT ${name} FROM ${table} WHERE ${name} IS NOT NULL ORDER BY 1)`,
    );
  }
  const outer = into.map(
    (column, i) =>
      `coalesce(enum_code(${identifier(column.name)}::${types[i]})::UINTEGER, ${MISSING}::UINTEGER)`,
  );
  const result = await connection.stream(`SELECT ${outer.join(', ')} FROM ${table}`);
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    into.forEach((column, i) => {
      column.codes.set(unsigned(chunk.getColumnVector(i)), row); // the largest unsigned number wraps to -1
    });
    row += chunk.rowCount;
  }
  for (const type of types) await connection.run(`DROP TYPE ${type}`);
}

/** Decodes every value and sorts the dictionary afterwards. */
async function decode(connection: DuckDBConnection, table: string, into: StringColumn): Promise<void> {
  const codeOf = new Map<string, number>();
  const result = await connection.stream(`SELECT ${identifier(into.name)} FROM ${table}`);
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const values = chunk.getColumnVector(0);
    for (let i = 0; i < chunk.rowCount; i++, row++) {
      const value = values.getItem(i) as string | null;
      if (value === null) continue;
      let code = codeOf.get(value);
      if (code === undefined) {
        code = codeOf.size;
        codeOf.set(value, code);
      }
      into.codes[row] = code;
    }
  }
  sortDictionary(into, [...codeOf.keys()]);
}

function sortDictionary(into: StringColumn, words: string[]): void {
  const bytes = words.map((word) => Buffer.from(word));
  const order = words.map((_, i) => i).sort((a, b) => Buffer.compare(bytes[a]!, bytes[b]!));
  const rank = new Int32Array(words.length);
  order.forEach((word, place) => {
    rank[word] = place;
  });
  into.dictionary = order.map((word) => words[word]!);
  for (let row = 0; row < into.codes.length; row++) {
    const code = into.codes[row]!;
    if (code >= 0) into.codes[row] = rank[code]!;
  }
}

function unsigned(vector: DuckDBVector): Uint32Array {
  if (!(vector instanceof DuckDBUIntegerVector))
    throw new TypeError('expected a vector of unsigned integers');
  return (vector as unknown as { items: Uint32Array }).items;
}
