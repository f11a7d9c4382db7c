import type { ColumnReading, NumberUnit } from '@slipway/contract';
import type { Column, ColumnType, Table } from './model.ts';
import type { DateFormat } from './readings/date-formats.ts';

/** Times of which all values carry one offset from UTC, rising: minutes, and epoch milliseconds of the first and the last. */
export type OffsetRun = { minutes: number; from: number; to: number };

export type Thousands = Extract<ColumnReading, { as: 'number' }>['thousands'];

/**
 * How a raw column is read. Numbers have a decimal mark and perhaps marks between groups of three digits; a timestamp is
 * text in one of `forms`, tried in order, and in `timeZone` where it says no offset. The form `native` is that of sources
 * with timestamps of their own. `isGiven`: the user gave the type. `offsets`: those that the values carry, by time.
 */
export type Reading =
  | { as: 'string' }
  | ({ as: 'integer' } & NumberWriting)
  | ({ as: 'number' } & NumberWriting)
  | { as: 'boolean' }
  | { as: 'timestamp'; forms: readonly DateFormat[]; timeZone: string; offsets?: readonly OffsetRun[] };

type NumberWriting = { decimal: '.' | ','; thousands: Thousands; unit?: NumberUnit; isGiven?: boolean };

/** Codes look like numbers and are none: a leading zero, or more digits than a 64-bit float holds. */
export type CodeTrial = { as: 'code' };

/**
 * What the source itself says a column holds; delimited text only ever says `text`. `number-text` are numbers as they are
 * written, so that their digits are kept: of JSON, where not all are whole or some are beyond 64 bits.
 */
export type RawKind =
  | 'text'
  | 'number-text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'json'
  | 'nested';

/** A column of the source; `path` leads into nested objects. */
export type RawColumn = { path: string[]; kind: RawKind };

/**
 * A Parquet file, and its columns by the names that they had in the JSON, dots leading into objects. Columns whose values are
 * of several types (`isMixed`) are text.
 */
export type ConvertedJson = { path: string; columns: (RawColumn & { name: string; isMixed?: true })[] };

/** A file the engine reads row by row, always in file order. */
export type TableSource =
  | {
      format: 'delimited';
      path: string;
      delimiter: string;
      /** Empty where fields are not quoted. */
      quote: string;
      escape: string;
      header: boolean;
      /** Fields of every row; they are named c0, c1, … */
      columns: number;
      /** Words that mean a missing value, besides the empty field. */
      missingWords: readonly string[];
    }
  | {
      format: 'parquet';
      path: string;
      /** Words of its text columns that mean a missing value, besides empty text. */
      missingWords?: readonly string[];
    };

/**
 * A column to be stored: read from a raw column, or missing in every row when `from` is null. Of a lenient one, values that
 * do not fit are stored as missing.
 */
export type PlannedColumn = { name: string; from: RawColumn | null; reading: Reading; isLenient?: boolean };

/** A question about a column: how many values do not fit this reading, or (`code`) are codes? */
export type Trial = { from: RawColumn; reading: Reading | CodeTrial };
/** Of the values that are present: how many there are, and to how many the trial objects. */
export type Tally = { present: number; against: number };

/** A value that does not fit; `row` counts data rows from 0. */
export type OddValue = { row: number; value: string };

/** A column of a stored file. Words of `missing` count as missing wherever the column is read. */
export type StoredColumn = { name: string; type: ColumnType; missing?: readonly string[] };

/** Rows `from` up to but without `to`, counted from 0. */
export type RowRange = { from: number; to: number };

/**
 * A stored column, and what it is called in what is written of it. A column of text that holds whole numbers alone, which
 * as numbers would lose digits, is written as numbers of `whole`.
 */
type RenamedColumn = StoredColumn & { as: string; whole?: 'int64' | 'uint64' };

/**
 * Some columns of two lists of stored files that hold the same number of rows. None is called as another; in CSV two may
 * differ in case alone, in Parquet the engine would rename one.
 */
export type Beside = Record<
  'left' | 'right',
  { files: readonly string[]; columns: readonly RenamedColumn[] }
>;

/** A value to be filled in; `row` counts from 0 in its file. */
export type FilledCell = { row: number; value: string | number | boolean };

export type TableOutline = { rows: number; columns: number };

/** Of one number or timestamp column; `min` and `max` are NaN when nothing is present. */
export type NumberEnds = {
  min: number;
  max: number;
  /** Whether the files store it as whole numbers. Where they do not, its values may be whole all the same. */
  isStoredWhole: boolean;
};

/** Of one string or boolean column. Lengths and words are means over the first rows. */
export type ValueCounts = {
  present: number;
  distinct: number;
  top: { value: string; count: number }[];
  meanLength: number;
  meanWords: number;
};

/** Where segments are kept: the part of the object store that this module needs. */
export interface SegmentStore {
  /** Stores a local file under its SHA-256 and moves it there; durable when it resolves. Throws `storage.full`. */
  putFile(path: string): Promise<{ sha256: string; bytes: number }>;
  /** A read-only local file with the bytes, verified. Throws `object.missing` or `object.corrupt`. */
  localPath(sha256: string): Promise<string>;
}

/** What an engine for tables does for us. */
export interface TableEngine {
  /**
   * Opens a workspace that may read exactly the files of `reads` and its own scratch folder, and nothing else.
   * An abort of `signal` interrupts what it is doing, which then throws `job.cancelled`.
   */
  open(options: { reads: readonly string[]; signal?: AbortSignal | undefined }): Promise<Workspace>;
}

/**
 * A caged engine with a scratch folder. Memory is bounded; what does not fit spills into the scratch folder.
 * Everything throws `storage.full` when the disk is full and `file.unreadable` when a source cannot be parsed.
 * After `close` nothing of the scratch folder is left.
 */
export interface Workspace {
  /** The bytes of a local file. Throws `file.not-found`. */
  read(path: string, options?: { limitBytes?: number }): AsyncIterable<Uint8Array>;
  /** Writes a new scratch file and returns its path. */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<string>;

  /**
   * A JSON file (an array of objects, or one object a line) as Parquet in the scratch folder. Types are those of all its
   * values; text stays text, whatever it looks like, and numbers that are not finite are missing.
   */
  convertJson(path: string, format: 'json' | 'ndjson'): Promise<ConvertedJson>;
  /** How many rows and leaves of columns a Parquet file says that it has; no value is read. */
  parquetOutline(path: string): Promise<TableOutline>;
  /** The columns of a Parquet file; objects within objects are opened to dotted leaves. */
  describe(source: TableSource): Promise<RawColumn[]>;
  /** For each text column its `limit` least and greatest present values: evidence from all rows in one pass. */
  extremes(source: TableSource, columns: readonly RawColumn[], limit: number): Promise<string[][]>;
  /** For each trial how many values are present, and how many it objects to, over all rows. */
  tally(source: TableSource, trials: readonly Trial[]): Promise<Tally[]>;
  /** For each trial the first values, at most `limit`, that it objects to, in the order of rows. */
  oddValues(source: TableSource, trials: readonly Trial[], limit: number): Promise<OddValue[][]>;
  /**
   * The offsets from UTC that the values of a column carry under a reading, by the time from which on they do: at most
   * `limit`, one for each month and offset.
   */
  offsets(source: TableSource, trial: Trial, limit: number): Promise<OffsetRun[]>;
  /**
   * Writes the planned columns to a Parquet file in the scratch folder, in file order, Zstandard, row groups of at
   * most 128k rows. Resolves to null, and leaves no file, when a value does not fit the reading of a column that is not
   * lenient. Text is stored as it is written; missing-value words of text columns are stored without surrounding spaces.
   */
  store(
    source: TableSource,
    columns: readonly PlannedColumn[],
  ): Promise<{ path: string; rows: number } | null>;

  /**
   * Writes a stored file anew with some cells of one column filled in, all else as it was and the rows in their order;
   * a column that the file lacks is added, missing in the other rows. Stored as `store` does.
   */
  fill(
    file: string,
    column: StoredColumn,
    cells: readonly FilledCell[],
  ): Promise<{ path: string; rows: number }>;

  /** Of string columns: which of `words` occur, and how often. */
  wordCounts(
    files: readonly string[],
    columns: readonly StoredColumn[],
    words: readonly string[],
  ): Promise<{ value: string; count: number }[][]>;
  /** Ends of number and timestamp columns (milliseconds) of stored files, read as one table; takes no pass over the values. */
  ends(files: readonly string[], columns: readonly StoredColumn[]): Promise<NumberEnds[]>;
  /** Number of present values of any columns. */
  present(files: readonly string[], columns: readonly StoredColumn[]): Promise<number[]>;
  /** Exact number of distinct present values. */
  distinct(files: readonly string[], columns: readonly StoredColumn[]): Promise<number[]>;
  /** Exact counts of string and boolean columns, the most frequent values first (ties by value). */
  counts(files: readonly string[], columns: readonly StoredColumn[], limit: number): Promise<ValueCounts[]>;
  /** Chunks of number, boolean and timestamp columns; missing is NaN. The arrays are valid until the next chunk. */
  numbers(files: readonly string[], columns: readonly StoredColumn[]): AsyncIterable<Float64Array[]>;
  /** Whole columns in memory; dictionaries are sorted by code point. */
  columns(
    files: readonly string[],
    columns: readonly StoredColumn[],
  ): Promise<{ rows: number; columns: Column[] }>;
  /** Some rows of one stored file in memory, as `columns` gives whole ones; at least one column. */
  slice(
    file: string,
    columns: readonly StoredColumn[],
    range: RowRange,
  ): Promise<{ rows: number; columns: Column[] }>;
  /** Writes a table of memory to a Parquet file in the scratch folder, as `store` does. */
  storeTable(table: Table): Promise<{ path: string; rows: number }>;
  /**
   * Writes the rows of two lists of stored files side by side, in order, to one scratch file: Parquet as `store` does, or
   * CSV with a heading.
   */
  writeBeside(parts: Beside, format: 'csv' | 'parquet'): Promise<{ path: string; rows: number }>;
  /** Some rows as JSON values; timestamps as ISO 8601, longer texts cut, with … at their end. */
  rows(
    files: readonly string[],
    columns: readonly StoredColumn[],
    range: { offset: number; limit: number; charactersOfText?: number },
  ): Promise<Row[]>;

  /** Share of the statement at work that is done, 0 to 1; null when the engine cannot tell. Never waits. */
  progress(): number | null;

  close(): Promise<void>;
}

export type Row = Record<string, string | number | boolean | null>;
