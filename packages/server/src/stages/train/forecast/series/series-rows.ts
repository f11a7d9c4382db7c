import type { Calendar, Covariate } from '../model.ts';

/** The rows of a table that has times, as columns. */
export type SeriesRows = {
  /** Epoch milliseconds, or whole numbers; NaN is missing. */
  times: Float64Array;
  unit: 'time' | 'number';
  /** NaN is missing. */
  values: Float64Array;
  /** Index into `keys` of each row; -1 where the row does not say. */
  seriesOf: Int32Array;
  /** Rows that each file added, oldest first: where two files tell of one step, the later one counts. */
  increments?: readonly number[];
  /** What each series is called: the values of the series columns. */
  keys: (string | number)[][];
  covariates: { covariate: Covariate; values: Float64Array }[];
  /** What times may be counted by, the first preferred; as they are when left out. */
  calendars?: readonly Calendar[];
  /** Names for failures and sentences. */
  timeColumn: string;
  target: string;
};
