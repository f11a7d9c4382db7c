import { type DuckDBConnection, DuckDBTimestampValue, DuckDBTypeId } from '@duckdb/node-api';
import type { NumberEnds, StoredColumn, ValueCounts } from '../../stages/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';
import { batches, inRelation, stored } from './stored-sql.ts';

/** Rows looked at for the mean length and number of words of text. */
const TEXT_SAMPLE_ROWS = 10_000;

/** The ends are asked for alone: the engine then takes them from what files say of their row groups. */
export async function numberEnds(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
): Promise<NumberEnds[]> {
  const all: NumberEnds[] = [];
  for (const part of batches(columns, 200)) {
    const ends = part.map(({ name }) => `min(${identifier(name)}), max(${identifier(name)})`);
    const result = await connection.run(`SELECT ${ends.join(', ')} FROM ${stored(files)}`);
    const isStoredWhole = part.map((_, i) => WHOLE_TYPES.has(result.columnTypeId(i * 2)));
    const [row] = await result.getRows();
    part.forEach((_, i) => {
      const [min, max] = row!.slice(i * 2, i * 2 + 2).map(numberOf);
      all.push({ min: min!, max: max!, isStoredWhole: isStoredWhole[i]! });
    });
  }
  return all;
}

const WHOLE_TYPES: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.BIGINT]);

export async function countPresent(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
): Promise<number[]> {
  const counts: number[] = [];
  for (const part of batches(columns, 500)) {
    const outer = part.map(({ name }) => `count(${identifier(name)})`).join(', ');
    const result = await connection.run(`SELECT ${outer} FROM ${stored(files, part)}`);
    counts.push(...(await result.getRows())[0]!.map(Number));
  }
  return counts;
}

export async function countDistinct(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
): Promise<number[]> {
  const counts: number[] = [];
  for (const part of batches(columns, 20)) {
    const outer = part.map((column) => `count(DISTINCT ${identifier(column.name)})`).join(', ');
    const result = await connection.run(`SELECT ${outer} FROM ${stored(files, part)}`);
    counts.push(...(await result.getRows())[0]!.map(Number));
  }
  return counts;
}

export async function countValues(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
  limit: number,
): Promise<ValueCounts[]> {
  const shapes = await textShapes(connection, files, columns);
  const counts: ValueCounts[] = shapes.map((shape) => ({ ...shape, present: 0, distinct: 0, top: [] }));
  for (const part of batches([...columns.entries()], 50)) {
    const chosen = part.map(([, column]) => column);
    const rows = await inRelation(
      connection,
      stored(files, chosen),
      { part: chosen, columns: columns.length },
      async (table) => {
        const queries = part.map(([i, column]) => valueQuery(table, column, i, limit));
        const result = await connection.run(queries.join(' UNION ALL '));
        return result.getRows();
      },
    );
    for (const [i, value, count, distinct, present] of rows) {
      const into = counts[Number(i)]!;
      into.present = Number(present);
      into.distinct = Number(distinct);
      into.top.push({ value: String(value), count: Number(count) });
    }
  }
  for (const { top } of counts) top.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return counts;
}

function valueQuery(table: string, column: StoredColumn, i: number, limit: number): string {
  const name = identifier(column.name);
  const groups = `SELECT ${name}::VARCHAR AS v, count(*) AS n FROM ${table} WHERE ${name} IS NOT NULL GROUP BY 1`;
  const all = `SELECT v, n, count(*) OVER () AS d, sum(n) OVER () AS p FROM (${groups})`;
  return `(SELECT ${i}, v, n, d, p FROM (${all}) ORDER BY n DESC, v LIMIT ${limit})`;
}

async function textShapes(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
) {
  const shapes: { meanLength: number; meanWords: number }[] = [];
  for (const part of batches(columns, 200)) {
    const outer = part.map((column) => {
      const text = `${identifier(column.name)}::VARCHAR`;
      return `avg(length(${text})), avg(length(${text}) - length(replace(${text}, ' ', '')) + 1)`;
    });
    const names = part.map((column) => identifier(column.name)).join(', ');
    const sample = `SELECT ${names} FROM ${stored(files, part)} LIMIT ${TEXT_SAMPLE_ROWS}`;
    const result = await connection.run(`SELECT ${outer.join(', ')} FROM (${sample})`);
    const row = (await result.getRows())[0]!;
    part.forEach((_, i) => {
      shapes.push({ meanLength: Number(row[i * 2] ?? 0), meanWords: Number(row[i * 2 + 1] ?? 0) });
    });
  }
  return shapes;
}

/** A number, or the milliseconds of a moment; NaN of nothing. */
function numberOf(value: unknown): number {
  if (value instanceof DuckDBTimestampValue) return Number(value.micros) / 1000;
  return value === null || value === undefined ? Number.NaN : Number(value);
}

export async function countWords(
  connection: DuckDBConnection,
  files: readonly string[],
  columns: readonly StoredColumn[],
  words: readonly string[],
): Promise<{ value: string; count: number }[][]> {
  const found: { value: string; count: number }[][] = columns.map(() => []);
  if (words.length === 0) return found;
  // A word is short: the length keeps most text from being compared with each of them.
  const longest = Math.max(...words.map((word) => word.length));
  for (const part of batches([...columns.entries()], 200)) {
    const outer = part.map(([, { name }]) => {
      const column = identifier(name);
      const isWord = words.map((word) => `${column} = ${literal(word)}`).join(' OR ');
      return `histogram(${column}) FILTER (length(${column}) <= ${longest} AND (${isWord}))`;
    });
    const result = await connection.runAndReadAll(`SELECT ${outer.join(', ')} FROM ${stored(files)}`);
    const row = result.getRowsJS()[0]!;
    part.forEach(([i], place) => {
      const counts = row[place] as { key: string; value: bigint | number }[] | null;
      for (const { key, value } of counts ?? []) found[i]!.push({ value: key, count: Number(value) });
    });
  }
  for (const one of found) one.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return found;
}
