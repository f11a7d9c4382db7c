import type { StoredColumn, Table } from '../../stages/ingest/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';

/**
 * A column of answers. 64-bit whole numbers and classes that are whole numbers are kept as their digits, and written as
 * numbers of `whole`.
 */
export type AnswerColumn = StoredColumn & { whole?: 'int64' | 'uint64' };

/** A model version ready to predict tables, part by part. */
export type BatchPredictor = {
  /** Columns that it takes. */
  inputs: readonly InputColumn[];
  /** Columns that {@link predict} gives, in order. */
  answers: readonly AnswerColumn[];
  /** Rows of a part at most: as many as give a few seconds' work, so that little is lost with a process. */
  partRows: number;
  /** Of the inputs that are text: those that are 64-bit whole numbers, of which the text has all digits. */
  longs?: ReadonlyMap<string, 'int64' | 'uint64'>;
  /** Why all rows must be one part; undefined where they need not. */
  whole?: string | undefined;
  /**
   * The answers to the rows of a table that has the inputs in their types; one that it lacks is missing in every row.
   * `from` is the place of its first row among all, for failures. Throws what the model says of a row.
   */
  predict(table: Table, from: number): Promise<Table>;
  close(): void;
};
