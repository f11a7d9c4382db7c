import type { ColumnReading } from '@slipway/contract';
import type { ColumnType, FileForm } from '../ingest/index.ts';
import type { TextFeature } from './text/index.ts';

export type { TextFeature, TextVocabulary } from './text/index.ts';

export type Task = 'binary' | 'multiclass' | 'regression' | 'forecast';

/** A raw column the model takes, as the caller of the endpoint sends it. */
export type InputColumn = {
  name: string;
  type: ColumnType;
  /** Whether the dataset had missing values in it. Others are predicted with a warning, or refused by a strict endpoint. */
  nullable: boolean;
  /** How its text is read; left out in bundles from before it was kept. */
  reading?: ColumnReading;
};

/**
 * A column of the training table that the model does not take: the target, an identifier, a constant, one left out on
 * request. A row may hold it; it is logged and left to a retraining.
 */
export type OtherColumn = Omit<InputColumn, 'nullable'>;

/** What a row of the dataset may hold, and which text means a missing value in it. */
export type RowColumns = {
  inputs: readonly InputColumn[];
  others: readonly OtherColumn[];
  /** Compared without surrounding spaces; empty text is missing in any case. */
  missingWords: readonly string[];
};

export type DatePart =
  | 'year'
  | 'month'
  | 'dayOfMonth'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'dayOfYear'
  | 'elapsedDays';

/**
 * One model feature, as a 32-bit float.
 *
 * Training, the flat engine and the ONNX graph compute these identically, to the bit.
 */
export type FeatureSpec = ColumnFeature | MadeFeature | TextFeature;

/**
 * A feature of one raw column.
 *
 * - `number`: the value rounded to float32, after {@link Rescaling}; missing is NaN. Booleans are 0 and 1.
 * - `category`: the index of the value in `levels`; any value not listed (rare in training, or never seen) is
 *   `levels.length`; missing is NaN.
 * - `date-part`: computed in UTC from epoch milliseconds; weekday counts from Monday = 0; elapsedDays is days
 *   since the Unix epoch, with fraction, after {@link Rescaling}; missing is NaN.
 */
export type ColumnFeature =
  | ({ kind: 'number'; name: string; column: string } & Rescaling)
  | { kind: 'category'; name: string; column: string; levels: string[] }
  | ({ kind: 'date-part'; name: string; column: string; part: DatePart } & Rescaling);

/**
 * Of a number: `value * scale - center` in double precision is what is rounded to float32. Both are left out (0 and 1)
 * unless float32 would merge values that differ: epoch milliseconds of one day, amounts of 1e-50. `scale` is a power of two.
 */
export type Rescaling = { center?: number; scale?: number };

/**
 * A feature made of one or two raw columns because validation said that it pays. It holds all that was learnt for it.
 *
 * - `lookup`: what was noted for the kind of value (of each of the columns): the smoothed mean of the target, the share
 *   of training rows, or a wave over the cycle of a date part. Kinds not listed get `otherwise`. Never missing.
 * - `cross`: a category for each pair of kinds listed in `keys`: the index of the pair there, else `keys.length`. Never
 *   missing.
 * - `arithmetic`: of two numbers, in double precision, then rounded to float32; missing when one of them is, when a
 *   divisor is zero, and when the result is no finite float32.
 *
 * Kinds of values are numbered by {@link Kinds}; the key of a pair is `first * (size of second + 2) + second`.
 */
export type MadeFeature =
  | {
      kind: 'lookup';
      name: string;
      by: LookupBy;
      /** Of `target-mean`: the class whose share is the mean; null for numbers. */
      class: string | null;
      of: Kinds[];
      /** Ascending, with as many `values` (float32). */
      keys: number[];
      values: number[];
      otherwise: number;
    }
  | { kind: 'cross'; name: string; of: Kinds[]; keys: number[] }
  | { kind: 'arithmetic'; name: string; operation: Operation; of: Quantity[] };

export type LookupBy = 'target-mean' | 'count' | 'sine' | 'cosine';
export type Operation = 'sum' | 'difference' | 'product' | 'ratio';

/** A number that arithmetic takes, before rescaling and rounding: the raw value, or days since 1970 of a date. */
export type Quantity = Extract<ColumnFeature, { kind: 'number' | 'date-part' }>;

/**
 * The values of a column as kinds 0 … size - 1; `size` is any other value, `size + 1` is missing. Listed words or
 * (float32) numbers are kinds by their place in the list, date parts are kinds by themselves.
 */
export type Kinds =
  | { kind: 'words'; column: string; levels: string[] }
  | { kind: 'numbers'; column: string; levels: number[] }
  | { kind: 'date-part'; column: string; part: CyclicPart };

/** The parts that come round again. */
export type CyclicPart = Exclude<DatePart, 'year' | 'elapsedDays'>;

/** Why a column of the dataset is not an input of the model. */
export type DroppedColumn = {
  name: string;
  reason:
    | 'identifier'
    | 'constant'
    | 'text'
    | 'all-missing'
    | 'target'
    | 'leakage'
    | 'duplicate'
    | 'excluded';
  says: string;
};

/**
 * What shows, by the values of all rows with a target, that a column tells the target:
 *
 * - `copy`: the classes by other names, or the number in another unit, in every row; such a column is left out unless allowed.
 * - `near-copy`: the same but for at most one row in 500.
 * - `re-coding`: the number rounded, ranked or otherwise one to one with it, in every row.
 * - `sum`: the target is the sum of this column and another one in every row.
 * - `row-index`: it numbers the rows of a table that was sorted by the target.
 * - `known-afterwards`: filled in, or later than another moment, just or only where the target is one class.
 */
export type LeakageEvidence = 'copy' | 'near-copy' | 're-coding' | 'sum' | 'row-index' | 'known-afterwards';

/** An input that knows the target too well; {@link LeakageEvidence} keeps the model from being deployed, strength alone does not. */
export type LeakageSuspicion = {
  column: string;
  /** How well the column predicts alone. */
  metric: 'roc-auc' | 'r2' | 'accuracy';
  value: number;
  says: string;
  /** Left out where the column merely predicts well, and in bundles from before evidence was told apart. */
  evidence?: LeakageEvidence;
  /** Whether somebody vouches that the column is known beforehand. */
  allowed?: boolean;
};

/** The fitted preparation: everything learnt from the training rows that turns raw columns into features. */
export type Preparation = {
  task: Task;
  target: string;
  /** Of classification: the classes as text, in the order of the model's outputs. For binary, [negative, positive]. */
  classes: string[];
  inputs: InputColumn[];
  /** Every other column of the dataset; left out in bundles from before they were kept. */
  others?: OtherColumn[];
  /** Words that mean a missing value in the dataset; the usual ones when left out. */
  missingWords?: string[];
  /** How the first file of the dataset was written; left out in bundles from before it was kept. */
  form?: FileForm;
  features: FeatureSpec[];
  dropped: DroppedColumn[];
  leakage: LeakageSuspicion[];
};

/**
 * Features of some rows, feature by feature. `columns[f][row]` is a float32; NaN is missing.
 * `levels[f]` is 0 for a numeric feature, else the number of categories including the catch-all one
 * (so codes are 0 … levels[f] - 1).
 */
export type FeatureMatrix = { rows: number; columns: Float32Array[]; levels: Int32Array };

/**
 * Target of the rows: class index (0 … classes - 1) for classification, the number for regression.
 * Rows without a target never get here.
 */
export type TargetVector = Float64Array;

/** Row indices of the hold-out split; they never overlap and together are every row with a target. */
export type Split = {
  train: Int32Array;
  holdout: Int32Array;
  by: 'stratified' | 'random' | 'time' | 'group';
  says: string;
};
