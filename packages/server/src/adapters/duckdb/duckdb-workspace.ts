import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { fail } from '@slipway/contract';
import type {
  Beside,
  ConvertedJson,
  FilledCell,
  OddValue,
  OffsetRun,
  PlannedColumn,
  RawColumn,
  Row,
  RowRange,
  StoredColumn,
  Table,
  TableOutline,
  TableSource,
  Tally,
  Trial,
  Workspace,
} from '../../stages/ingest/index.ts';
import { besideHeading, besideQuery } from './beside-sql.ts';
import { fileFailure, translated, translating } from './errors.ts';
import { fillQuery } from './fill-sql.ts';
import { distinctKeys, inferredJson, jsonQuery, mayDifferInCase } from './json-sql.ts';
import { inMemory } from './memory-table.ts';
import { offsetQuery, offsetRuns } from './offset-sql.ts';
import { rawColumns } from './raw-columns.ts';
import { readColumns, readRows, readSlice, streamNumbers } from './read-stored.ts';
import { against, readingSql, relation } from './reading-sql.ts';
import { identifier, literal } from './sql-text.ts';
import { batches, stored } from './stored-sql.ts';
import { countDistinct, countPresent, countValues, countWords, numberEnds } from './summaries.ts';

const MISFIT = 'slipway-misfit';
const CHUNK_BYTES = 1024 * 1024;
/** Questions asked in one query; more make planning slow. */
const TRIALS_A_QUERY = 500;
const ROW_GROUP_ROWS = 122_880;

export class DuckdbWorkspace implements Workspace {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  readonly #interrupt: () => void;
  /** Bytes that may yet be written to scratch files. */
  #scratchBytes: number;
  #files = 0;

  constructor(parts: {
    instance: DuckDBInstance;
    connection: DuckDBConnection;
    folder: string;
    signal: AbortSignal | undefined;
    scratchLimitBytes: number;
  }) {
    this.#instance = parts.instance;
    this.#connection = parts.connection;
    this.#folder = parts.folder;
    this.#scratchBytes = parts.scratchLimitBytes;
    this.#signal = parts.signal;
    this.#interrupt = () => this.#connection.interrupt();
    this.#signal?.addEventListener('abort', this.#interrupt);
  }

  async *read(path: string, options: { limitBytes?: number } = {}): AsyncGenerator<Uint8Array> {
    const end = options.limitBytes === undefined ? {} : { end: options.limitBytes - 1 };
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...end });
    try {
      for await (const chunk of stream) {
        this.#refuseWhenAborted();
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw fileFailure(error, path);
    }
  }

  async write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
    const path = this.#newPath(name);
    await translating(pipeline(Readable.from(this.#counted(chunks)), createWriteStream(path)));
    return path;
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#scratchBytes -= chunk.byteLength;
      if (this.#scratchBytes < 0) throw fail('file.needs-disk', { file: 'given' });
      yield chunk;
    }
  }

  async convertJson(path: string, format: 'json' | 'ndjson'): Promise<ConvertedJson> {
    const to = this.#newPath('converted.parquet');
    const found = await this.#run(`SELECT * FROM ${inferredJson(path, format)} LIMIT 0`);
    const types = found.columnNames().map((name, i) => ({ name, type: found.columnType(i) }));
    const { query, columns } = jsonQuery(path, format, await this.#caseKeys(path, format, types), types);
    await this.#run(`COPY (${query}) TO ${literal(to)} (FORMAT parquet)`);
    return { path: to, columns };
  }

  /** Keys of JSON where some differ only in case: the engine numbers such columns, and would read them as missing. */
  async #caseKeys(path: string, format: 'json' | 'ndjson', types: readonly { name: string }[]) {
    if (!mayDifferInCase(types.map(({ name }) => name))) return null;
    const rows = await this.#rows(distinctKeys(path, format));
    return rows.map(([key]) => String(key));
  }

  async parquetOutline(path: string): Promise<TableOutline> {
    const file = literal(path);
    const [[rows] = []] = await this.#rows(`SELECT sum(num_rows) FROM parquet_file_metadata(${file})`);
    const [[columns] = []] = await this.#rows(`SELECT count(type) FROM parquet_schema(${file})`);
    return { rows: Number(rows), columns: Number(columns) };
  }

  async describe(source: TableSource): Promise<RawColumn[]> {
    const result = await this.#run(`SELECT * FROM ${relation(source)} LIMIT 0`);
    return result.columnNames().flatMap((name, i) => rawColumns([name], result.columnType(i)));
  }

  async extremes(source: TableSource, columns: readonly RawColumn[], limit: number): Promise<string[][]> {
    const values: string[][] = [];
    for (const part of batches(columns, TRIALS_A_QUERY)) {
      const sql = part.map((column, i) => readingSql(source, column, { as: 'string' }, i));
      const inner = sql.flatMap((one) => one.inner).join(', ');
      const ends = sql.flatMap((one, i) =>
        ['min', 'max'].map((end) => `${end}(x${i}, ${Math.trunc(limit)}) FILTER (NOT ${one.missing})`),
      );
      const reader = await this.#run(
        `SELECT ${ends.join(', ')} FROM (SELECT ${inner} FROM ${relation(source)})`,
      );
      const [row] = (await reader.getRowsJson()) as (string[] | null)[][];
      part.forEach((_, i) => {
        values.push([...(row![i * 2] ?? []), ...(row![i * 2 + 1] ?? [])]);
      });
    }
    return values;
  }

  async tally(source: TableSource, trials: readonly Trial[]): Promise<Tally[]> {
    const tallies: Tally[] = [];
    for (const part of batches(trials, TRIALS_A_QUERY)) {
      const sql = part.map((trial, i) => readingSql(source, trial.from, trial.reading, i));
      const inner = sql.flatMap((one) => one.inner).join(', ');
      // What is present does not depend on the reading: it is counted once for each column.
      const columns = [...new Set(part.map(({ from }) => from))];
      const firstOf = columns.map((column) => sql[part.findIndex(({ from }) => from === column)]!);
      const outer = [
        ...firstOf.map(({ missing }) => `count(*) FILTER (NOT ${missing})`),
        ...sql.map((one) => `count(*) FILTER (${against(one)})`),
      ];
      const [row] = await this.#rows(
        `SELECT ${outer.join(', ')} FROM (SELECT ${inner} FROM ${relation(source)})`,
      );
      part.forEach(({ from }, i) => {
        tallies.push({
          present: Number(row![columns.indexOf(from)]),
          against: Number(row![columns.length + i]),
        });
      });
    }
    return tallies;
  }

  async oddValues(source: TableSource, trials: readonly Trial[], limit: number): Promise<OddValue[][]> {
    const found: OddValue[][] = [];
    for (const { from, reading } of trials) {
      const one = readingSql(source, from, reading, 0);
      const rows = await this.#rows(
        `SELECT row, x0::VARCHAR FROM (
           SELECT row_number() OVER () - 1 AS row, * FROM (SELECT ${one.inner.join(', ')} FROM ${relation(source)})
         ) WHERE ${against(one)} ORDER BY row LIMIT ${Math.trunc(limit)}`,
      );
      found.push(rows.map(([row, value]) => ({ row: Number(row), value: String(value) })));
    }
    return found;
  }

  async offsets(source: TableSource, trial: Trial, limit: number): Promise<OffsetRun[]> {
    return offsetRuns(await this.#rows(offsetQuery(source, trial, limit)));
  }

  async store(
    source: TableSource,
    columns: readonly PlannedColumn[],
  ): Promise<{ path: string; rows: number } | null> {
    const path = this.#newPath('segment.parquet');
    const inner: string[] = [];
    const outer = columns.map((column, i) => {
      if (column.from === null) return `NULL::${SQL_TYPES[column.reading.as]} AS ${identifier(column.name)}`;
      const sql = readingSql(source, column.from, column.reading, i);
      inner.push(...sql.inner);
      const isStrict = column.reading.as !== 'string' && column.isLenient !== true;
      const otherwise = isStrict ? ` WHEN NOT ${sql.missing} THEN error('${MISFIT}')` : '';
      return `CASE WHEN ${sql.fits} THEN ${sql.value}${otherwise} END AS ${identifier(column.name)}`;
    });
    if (inner.length === 0) inner.push('1'); // rows are counted even where the file has none of the columns
    const query = `SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${relation(source)})`;
    try {
      return { path, rows: await this.#copy(query, path, SEGMENT) };
    } catch (error) {
      await rm(path, { force: true });
      if (String((error as Error).cause ?? error).includes(MISFIT)) return null;
      throw error;
    }
  }

  async fill(file: string, column: StoredColumn, cells: readonly FilledCell[]) {
    const lines = cells.map(({ row, value }) => `${JSON.stringify({ row, value: String(value) })}\n`);
    const from = await this.write('cells.ndjson', Readable.from([Buffer.from(lines.join(''))]));
    const path = this.#newPath('segment.parquet');
    const stored = await this.#run(`SELECT * FROM read_parquet(${literal(file)}) LIMIT 0`);
    return { path, rows: await this.#copy(fillQuery(file, stored.columnNames(), column, from), path) };
  }

  ends(files: readonly string[], columns: readonly StoredColumn[]) {
    return translating(numberEnds(this.#connection, files, columns));
  }

  wordCounts(files: readonly string[], columns: readonly StoredColumn[], words: readonly string[]) {
    return translating(countWords(this.#connection, files, columns, words));
  }

  present(files: readonly string[], columns: readonly StoredColumn[]) {
    return translating(countPresent(this.#connection, files, columns));
  }

  distinct(files: readonly string[], columns: readonly StoredColumn[]) {
    return translating(countDistinct(this.#connection, files, columns));
  }

  counts(files: readonly string[], columns: readonly StoredColumn[], limit: number) {
    return translating(countValues(this.#connection, files, columns, limit));
  }

  async *numbers(files: readonly string[], columns: readonly StoredColumn[]): AsyncGenerator<Float64Array[]> {
    try {
      yield* streamNumbers(this.#connection, stored(files), columns);
    } catch (error) {
      throw translated(error);
    }
  }

  columns(files: readonly string[], columns: readonly StoredColumn[]) {
    return translating(readColumns(this.#connection, stored(files, columns), columns));
  }

  async slice(file: string, columns: readonly StoredColumn[], range: RowRange) {
    this.#refuseWhenAborted();
    return translating(readSlice(this.#connection, file, columns, range));
  }

  async storeTable(table: Table) {
    const path = this.#newPath('table.parquet');
    const rows = await translating(inMemory(this.#connection, table, (query) => this.#copy(query, path)));
    return { path, rows };
  }

  async writeBeside(parts: Beside, format: 'csv' | 'parquet') {
    const path = this.#newPath(`beside.${format}`);
    const options = format === 'csv' ? csvOptions(besideHeading(parts)) : PARQUET;
    return { path, rows: await this.#copy(besideQuery(parts, format), path, options) };
  }

  rows(
    files: readonly string[],
    columns: readonly StoredColumn[],
    range: { offset: number; limit: number; charactersOfText?: number },
  ): Promise<Row[]> {
    return translating(readRows(this.#connection, files, columns, range));
  }

  progress(): number | null {
    const { percentage } = this.#connection.progress;
    return percentage >= 0 ? Math.min(1, percentage / 100) : null;
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Writes what a query gives to a file; resolves to the number of rows. */
  async #copy(query: string, path: string, options = PARQUET): Promise<number> {
    const [row] = await this.#rows(`COPY (${query}) TO ${literal(path)} (${options})`);
    return Number(row![0]);
  }

  #newPath(name: string): string {
    this.#refuseWhenAborted();
    return join(this.#folder, `${this.#files++}-${name}`);
  }

  #refuseWhenAborted(): void {
    if (this.#signal?.aborted) throw fail('job.cancelled');
  }

  #run(sql: string) {
    this.#refuseWhenAborted();
    return translating(this.#connection.run(sql));
  }

  async #rows(sql: string) {
    return (await this.#run(sql)).getRows();
  }
}

/** What is read by this engine alone: the newer encodings are written in three quarters of the time. */
const SEGMENT = `FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`;
const PARQUET = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`;

/** The line breaks around the rows are told too: the engine ends no row when there is a prefix. */
function csvOptions(heading: string): string {
  return `FORMAT csv, HEADER false, PREFIX ${literal(`${heading}\n`)}, SUFFIX ${literal('\n')}`;
}

const SQL_TYPES = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const;
