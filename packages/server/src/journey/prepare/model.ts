import type { ColumnType } from '../ingest/index.ts';

export type Task = 'binary' | 'multiclass' | 'regression' | 'forecast';

/** A raw column the model takes, as the caller of the endpoint sends it. */
export type InputColumn = {
  name: string;
  type: ColumnType;
  /** Whether training saw missing values; a missing value is accepted either way when true. */
  nullable: boolean;
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
 * One model feature, computed from one raw column, as a 32-bit float.
 *
 * - `number`: the value rounded to float32; missing is NaN. Booleans are 0 and 1.
 * - `category`: the index of the value in `levels`; any value not listed (rare in training, or never seen) is
 *   `levels.length`; missing is NaN.
 * - `date-part`: computed in UTC from epoch milliseconds; weekday counts from Monday = 0; elapsedDays is days
 *   since the Unix epoch, with fraction; missing is NaN.
 *
 * Training, the flat engine and the ONNX graph compute these identically, to the bit.
 */
export type FeatureSpec =
  | { kind: 'number'; name: string; column: string }
  | { kind: 'category'; name: string; column: string; levels: string[] }
  | { kind: 'date-part'; name: string; column: string; part: DatePart };

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

/** A column that predicts the target too well to be true; reported, and dropped only when told to. */
export type LeakageSuspicion = {
  column: string;
  metric: 'roc-auc' | 'r2' | 'accuracy';
  value: number;
  says: string;
};

/** The fitted preparation: everything learnt from the training rows that turns raw columns into features. */
export type Preparation = {
  task: Task;
  target: string;
  /** Of classification: the classes as text, in the order of the model's outputs. For binary, [negative, positive]. */
  classes: string[];
  inputs: InputColumn[];
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
