import type { ColumnReading, FileEncoding, IngestReport } from '@slipway/contract';

/** How a column is stored and what a value of it is in JSON. A timestamp is epoch milliseconds UTC in memory, ISO 8601 on the wire. */
export type ColumnType = 'number' | 'boolean' | 'timestamp' | 'string';

/** What a column means for a model. */
export type ColumnRole =
  | 'numeric'
  | 'categorical'
  | 'boolean'
  | 'datetime'
  | 'text'
  | 'identifier'
  | 'constant';

/** One column of a dataset version. */
export type ColumnSchema = {
  name: string;
  type: ColumnType;
  role: ColumnRole;
  /** Whether any value is missing. */
  nullable: boolean;
  /** Whether every value of a number column is whole. */
  integer?: boolean;
  /** How its text is read in every later file and request; left out in versions from before it was kept. */
  reading?: ColumnReading;
  /**
   * Of text: words that are stored as they were written and count as missing, unless the column is the target and they
   * are classes. Only words that occur are listed.
   */
  missing?: string[];
};

export type TableSchema = {
  columns: ColumnSchema[];
  /** Words that mean a missing value in every file of the dataset; the usual ones when left out. */
  missingWords?: string[];
  /** How the first file was written, which later files are read by first; left out in versions from before it was kept. */
  form?: FileForm;
};

/** How a file of text is written. Files with types of their own, such as Parquet, have no form. */
export type FileForm =
  | {
      format: 'csv';
      encoding: FileEncoding;
      /** Empty where no delimiter divides the lines: one column. */
      delimiter: string;
      /** Empty where fields are not quoted. */
      quote: string;
      /** The character before a quote inside of quoted text. */
      escape: string;
      /** Whether several delimiters in a row count as one. */
      runs?: true;
      header: boolean;
    }
  | {
      format: 'json' | 'ndjson';
      encoding: FileEncoding;
      /** How the document holds the table, such as `lines`, `array` or `columns`. */
      shape: string;
      /** Members that lead to the rows, of the shape `within`. */
      path?: string[];
    };

/** What a later file is expected to hold: columns of the dataset or the model it is for, in the form of the first file. */
export type ExpectedTable = {
  columns: readonly { name: string; type: ColumnType }[];
  form?: FileForm | undefined;
};

/** What one column of one dataset version holds. */
export type ColumnProfile = {
  name: string;
  type: ColumnType;
  role: ColumnRole;
  rows: number;
  missing: number;
  distinct: number;
  /** Whether `distinct` is an estimate. */
  distinctApproximate: boolean;
  /** Of number and timestamp columns (timestamps in epoch milliseconds). */
  numeric?: {
    min: number;
    max: number;
    mean: number;
    standardDeviation: number;
    /** At 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
    quantiles: number[];
    /** Equal-width bins between min and max: `edges` has one more entry than `counts`. */
    histogram: { edges: number[]; counts: number[] };
  };
  /** The most frequent values, at most 50, most frequent first (string and boolean columns). */
  top?: { value: string; count: number }[];
  /** Of text: words that count as missing, and how often they occur, the most frequent first; left out when there are none. */
  missingWords?: { value: string; count: number }[];
  /** Of numbers and times: values that may stand for missing ones, such as -999; left out when there are none. */
  codes?: { value: number; count: number }[];
  /** Something a reader should know, in one sentence each. */
  notes: string[];
};

export type TableProfile = {
  rows: number;
  columns: ColumnProfile[];
  /** How the file of this version was read; left out in versions from before it was kept. */
  report?: IngestReport;
};

/** An immutable Parquet file of the lake, named by its hash. */
export type Segment = { sha256: string; rows: number; bytes: number };

/** What a version was made from. */
export type Lineage = {
  /** File name as the user gave it, without folders. */
  source: string;
  sourceSha256: string;
  sourceBytes: number;
  /**
   * `labels` when people's labels were filled in: then the source is the queue, and the hash that of its labels.
   * `rollback` when the version holds the rows of an earlier one, its parent: then the hash is that version's manifest id.
   */
  format: FileFormat | 'labels' | 'rollback';
};

export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

/** The manifest of a dataset version: immutable; its id is the SHA-256 of its canonical JSON. */
export type DatasetManifest = {
  parent: string | null;
  schema: TableSchema;
  rows: number;
  bytes: number;
  segments: Segment[];
  lineage: Lineage;
};

/**
 * A column in memory. Missing is NaN in `values` and -1 in `codes`.
 * Booleans are 0 and 1; timestamps are epoch milliseconds UTC.
 */
export type Column =
  | { name: string; type: 'number' | 'boolean' | 'timestamp'; values: Float64Array }
  | { name: string; type: 'string'; codes: Int32Array; dictionary: string[] };

/** A table in memory, column by column; every column has `rows` entries. */
export type Table = { rows: number; columns: Column[] };

export function columnNamed(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/** The rows of `table` at `indices`, in that order; dictionaries are shared. */
export function takeRows(table: Table, indices: Int32Array): Table {
  return { rows: indices.length, columns: table.columns.map((column) => takeColumn(column, indices)) };
}

function takeColumn(column: Column, indices: Int32Array): Column {
  if (column.type === 'string') {
    return { ...column, codes: Int32Array.from(indices, (row) => column.codes[row]!) };
  }
  return { ...column, values: Float64Array.from(indices, (row) => column.values[row]!) };
}
