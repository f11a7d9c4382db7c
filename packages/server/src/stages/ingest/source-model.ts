import type { IngestFinding } from '@slipway/contract';
import type { FileForm, Lineage } from './model.ts';
import type { RawColumn, TableSource } from './ports.ts';

export type SourceColumn = RawColumn & {
  name: string;
  /** Some of its values, of delimited text: the fields of the first records. */
  sample: string[] | null;
  /** Whether it numbers or names the rows, as pandas and R write it. */
  isIndex?: boolean;
  /** Whether JSON has values of several types in it, which are all text here. */
  isMixed?: true;
};

/** A file understood: where the engine reads it, its columns, and what to tell the user. */
export type OpenSource = {
  table: TableSource;
  columns: SourceColumn[];
  decimal: '.' | ',';
  lineage: Lineage;
  /** How the file is written, for later files; null where the format says it all. */
  form: FileForm | null;
  /** What was found and decided about the form of the file. `normalised` may add to it. */
  findings: IngestFinding[];
  /** Of delimited text that the engine could not read as it is: a plain copy. Throws what is wrong with it. */
  normalised?: () => Promise<TableSource>;
  /**
   * The lines of the file (from 1) on which rows start; rows count from 0. Null where the format has no lines. Reads the
   * file up to the last of the rows.
   */
  linesOf(rows: readonly number[]): Promise<(number | null)[]>;
};
