import type { GateCondition, SliceCondition } from '@slipway/contract';
import type { Table } from '../ingest/index.ts';
import type { LeakageSuspicion, TargetVector, Task } from '../prepare/index.ts';
import type {
  CostMatrix,
  DecisionRule,
  ExpectedClassCosts,
  ExpectedCosts,
  Metric,
  Predictions,
  ThresholdDecision,
} from '../train/index.ts';
import type { ModelExplanation } from './explain/explanation.ts';
import type { ForecastDetail } from './forecast/judged-series.ts';
import type { Interval } from './interval.ts';
import type { ShiftReport } from './shift-report.ts';

export type ValidatedTask = Exclude<Task, 'forecast'>;

export type { Interval };

/** Rows never trained on, with their truth and what each model says about them. */
export type ValidationDataset = {
  /** The first dataset of a request is the hold-out, on which gates decide unless they name another. */
  name: string;
  /** Where the rows are from and which of them were left out; of the hold-out nothing. */
  origin?: SetOrigin;
  target: TargetVector;
  candidate: Predictions;
  /** The champion's predictions of the same rows, its classes in the candidate's order. */
  champion?: Predictions;
  /** Places of the rows that the champion's predictions are of, where it has learnt from the others; of all when left out. */
  compared?: Int32Array;
  /** Why there is a champion and no comparison with it. */
  notCompared?: string;
  /** The raw columns of the rows, for slices and groups. */
  table?: Table;
  /** Of the rows: 1 where it equals a training row. */
  overlapping?: Uint8Array;
  /** What a constant prediction knows of rows like these; the request's when left out. */
  prior?: ValidationRequest['prior'];
};

/** A column whose groups are compared. It need not be an input of the model. */
export type GroupColumn = {
  column: string;
  /**
   * Of numbers with many values: the rising cuts between bands, fixed on the training rows so that every dataset has the same.
   * A band begins with its lower cut and ends before its upper one; the first and the last are open. Null: each value is a group.
   */
  cuts: readonly number[] | null;
};

export type ValidationRequest = DecisionRule & {
  task: ValidatedTask;
  /** Of classification, in the order of the outputs; binary: [negative, positive]. */
  classes: readonly string[];
  /** What answers cost, where somebody said so: measured as `cost`, and the figure that is compared of several classes. */
  answerCosts?: CostMatrix | undefined;
  /** What the trivial baseline knows of the training rows: share of each class, or the mean of the target. */
  prior: ({ classShares: readonly number[] } | { mean: number }) & {
    /** What rows it was taken from, where those of the training are not there; it then knows more than a baseline may. */
    of?: 'these rows' | 'training rows like these';
  };
  champion?: DecisionRule & { name: string; version: number };
  datasets: readonly ValidationDataset[];
  /** The one figure that is compared; that of the task when left out. */
  metric?: Metric;
  /** Regression: which quantile is predicted, when one is. */
  quantile?: number;
  /** The inputs of the model: only these make slices. All columns of the table do when left out. */
  sliceColumns?: readonly string[];
  /** Columns whose groups are compared. */
  groups?: readonly GroupColumn[];
  /** Slices that gates ask for, beside the worst ones that are looked for: of every dataset. */
  slices?: readonly (readonly SliceCondition[])[];
  /** How probabilities become a class, and why: binary, and several classes with costs. */
  decision?: ThresholdDecision;
  /** Of the bootstrap. */
  seed: number;
};

/** One cell of a reliability table: the rows whose stated probability lies here. */
export type ReliabilityBin = {
  rows: number;
  /** Mean stated probability. */
  stated: number;
  /** Share that came true, with Wilson's 95 % interval. */
  observed: number;
  low: number;
  high: number;
};

export type CurvePoint = { threshold: number | null; x: number; y: number };

export type ThresholdRow = {
  threshold: number;
  precision: number;
  recall: number;
  f1: number;
  accuracy: number;
  falsePositiveRate: number;
  /** Share of the rows answered as positive. */
  answered: number;
  /** Share of the negatives that are answered as negative; left out in reports of earlier releases. */
  specificity?: number;
  /** Share of the negative answers that are right; left out in reports of earlier releases. */
  npv?: number;
};

/** One class against all others. */
export type ClassRow = {
  class: string;
  rows: number;
  precision: number;
  recall: number;
  f1: number;
  /** Share of the rows of other classes that are not answered as it; left out in reports of earlier releases. */
  specificity?: number;
  /** Share of the rows not answered as it that are of other classes; left out in reports of earlier releases. */
  npv?: number;
};

export type ClassificationDetail = {
  /** `counts[truth][answer]`. */
  confusion: { classes: string[]; counts: number[][] };
  perClass: ClassRow[];
  /** Of the positive class (binary) or of the answered class. */
  reliability: ReliabilityBin[];
  /** Binary only: x is the false positive rate, y the true positive rate; at most 200 points. */
  roc: CurvePoint[];
  /** Binary only: x is recall, y precision; at most 200 points. */
  precisionRecall: CurvePoint[];
  /** Binary only. */
  thresholds: ThresholdRow[];
};

/** Truth minus prediction. */
export type ResidualSummary = {
  mean: number;
  standardDeviation: number;
  /** At 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  quantiles: number[];
  /** Rows by falling prediction in at most 10 groups of equal size: where the model errs. */
  byPrediction: { rows: number; prediction: number; truth: number; rmse: number }[];
};

/** Rows that share a value or a range of one raw column. */
export type SliceReport = {
  column: string;
  /** Such as `= Oslo` or `10 to 20`. */
  says: string;
  rows: number;
  /** Mean loss of its rows and of all others: log loss for classes, squared error for numbers. */
  loss: number;
  lossElsewhere: number;
  /** How many standard errors the loss is above that of the other rows. */
  z: number;
  /** Whether that survives that many slices were looked at (Bonferroni, 5 %). */
  clearlyWorse: boolean;
  metrics: Record<string, number>;
};

/** The rows of one group. */
export type GroupRow = {
  /** The category as the data has it, a band such as `40 to below 55`, or `(missing)`. */
  value: string;
  rows: number;
  /** False where it has too few rows to be compared; then its figures have wide intervals and are in no gap. */
  compared: boolean;
  /** Every metric of the task that is defined on these rows; classes also have `selection-rate`, `true-positive-rate`, … */
  metrics: Record<string, number>;
  /**
   * 95 % intervals by measure. Binary: `selection-rate`, `true-positive-rate`, `false-positive-rate`, `calibration` (mean
   * predicted probability minus observed share). Multiclass: `accuracy`, `calibration` (of the answered class). Regression:
   * `mean-error` (prediction minus truth), `mae`. A measure that is not defined on the group (no positives) is left out.
   */
  intervals: Record<string, Interval>;
};

/**
 * The widest gap of a measure between two groups that are compared. The interval holds for all pairs of groups of all
 * columns together (Bonferroni), since the widest is picked out of them.
 */
export type GroupGap = Interval & {
  /** Lowest and highest. */
  between: [string, string];
};

/** How the model fares in the groups of one column. */
export type GroupReport = {
  column: string;
  /** How rows were put into groups, and which groups were too small. */
  says: string;
  groups: GroupRow[];
  /**
   * By measure: `<measure>-difference` (highest minus lowest, 0 or more) for each measure of `GroupRow.intervals`, and
   * `<measure>-ratio` (lowest over highest, 0 to 1) of `selection-rate`, `true-positive-rate` and `false-positive-rate`.
   * Left out where fewer than two groups have the rows for it.
   */
  gaps: Record<string, GroupGap>;
  /** How many pairs of groups were compared for each measure, over all columns. */
  comparisons: number;
};

export type BaselineReport = {
  says: string;
  metrics: Record<string, number>;
  /**
   * Candidate minus baseline on the primary metric, so that positive is better. Of a metric that is an error, which was
   * asked for, it is what the candidate saves, as a share of the baseline's.
   */
  difference: Interval;
  /** Of classification: baseline's log loss minus the candidate's, so that positive is better. */
  logLossGain: Interval | null;
};

export type ChampionReport = {
  name: string;
  version: number;
  metrics: Record<string, number>;
  /** The same against the champion; paired on the same resampled rows. */
  difference: Interval;
  /** Rows that both were measured on, and the candidate's metric there, where those are not all rows. */
  on?: { rows: number; candidate: number };
};

/** A dataset of the lake that a model is validated on, beside its hold-out. */
export type SetOrigin = {
  dataset: string;
  version: number;
  /** Rows without a value for the target, and rows of a class that the model does not know: none of them is measured. */
  leftOut: { missingTarget: number; unknownClass: number };
  /** The measured rows that equal a row the model was trained on; null where the training rows are not there to compare. */
  overlap: Overlap | null;
  /** What to know about these rows, in sentences. */
  notes: string[];
};

export type Overlap = {
  /** Measured rows that are equal to a training row in each of `columns` columns, those that both tables have. */
  rows: number;
  columns: number;
};

/** The rows that a gate asks for, and nothing but their metrics. */
export type AskedSlice = {
  /** As `formatSlice` of the contract writes it. */
  says: string;
  rows: number;
  metrics: Record<string, number>;
};

export type DatasetReport = {
  name: string;
  /** Left out for the hold-out. */
  origin?: SetOrigin;
  /** Metrics of the rows that equal no training row, where some do. */
  withoutOverlap?: { rows: number; metrics: Record<string, number> };
  /** Of gates on slices. */
  askedSlices?: AskedSlice[];
  rows: number;
  metrics: Record<string, number>;
  primary: Interval & { metric: string; resamples: number };
  baseline: BaselineReport;
  champion: ChampionReport | null;
  /** Why there is a champion and no comparison with it. */
  notCompared?: string;
  classification: ClassificationDetail | null;
  residuals: ResidualSummary | null;
  /** Worst first, at most 10. */
  slices: SliceReport[];
  slicesExamined: number;
  /** One for each column whose groups were asked for. */
  groups?: GroupReport[];
  /** With costs: mean cost per 1,000 rows of this dataset. */
  expectedCosts?: ExpectedCosts;
  /** The same of several classes. */
  expectedClassCosts?: ExpectedClassCosts;
  /** Of forecasts: errors by step, and some series to look at. */
  forecast?: ForecastDetail;
};

export type ValidationReport = {
  format: 1;
  task: Task;
  classes: string[];
  threshold: number;
  primaryMetric: string;
  /** How probabilities become a class, and why: binary, and several classes with costs; left out in reports of earlier releases. */
  decision?: ThresholdDecision;
  datasets: DatasetReport[];
  /** What the model relies on, measured on the first dataset; reports from before there were explanations have none. */
  explanation?: ModelExplanation;
  /** Of a model with a champion: what differs in the rows that were appended since the champion's training. */
  shift?: ShiftReport;
  /** Sets that were asked for and could not be measured, and why, in sentences. */
  notMeasured?: readonly { set: string; says: string }[];
};

/** How far the exported model's answers are from the trained one's, row by row. */
export type Parity = { rows: number; mismatches: number; largestDifference: number };

/** A condition on promotion, as data. */
export type Gate = {
  id: string;
  says: string;
  /** The set that it decides on; the whole hold-out when left out. */
  dataset?: string;
} & (
  | { kind: 'beats-baseline' }
  | { kind: 'beats-seasonal-naive' }
  | {
      kind: 'not-worse-than-champion';
      /** The primary metric may be this much below the champion's. */
      tolerance: number;
      /** Less than this does not count even when the rows show it beyond doubt. */
      significantTolerance: number;
      /** The primary metric may also be this many standard errors of the paired difference below the champion's. */
      standardErrors?: number;
      /** On fewer rows it is not decided, which is told. */
      minRows?: number;
      /** A person said that the relation changed: being worse does not close the gate, and is told. */
      accepted?: boolean;
    }
  | { kind: 'condition'; condition: GateCondition }
  | { kind: 'label-shift' | 'input-shift' | 'season-shift' }
  | { kind: 'label-signal'; minRows: number }
  | {
      kind: 'max-calibration-error';
      value: number;
      minRows: number;
      /** Binary: at most this share of the rarer class's share is allowed, where that is less than `value`. */
      shareOfBaseRate?: number;
    }
  | { kind: 'parity'; maxDifference: number }
  | { kind: 'leakage' }
);

/** What gates decide on. */
export type Evidence = {
  report: ValidationReport;
  parity?: Parity;
  /** Inputs that know the target too well. */
  leakage?: readonly LeakageSuspicion[];
  /** Of forecasts: mean scaled error of the model and of the best naive forecast over the backtests before the hold-out. */
  backtests?: { model: number; baseline: number };
};

export type GateResult = {
  id: string;
  passed: boolean;
  observed: number | null;
  threshold: number | null;
  says: string;
  /** The dataset that it decided on, the rows that the figure was computed on, and which of them. */
  set?: string;
  rows?: number;
  slice?: string;
  group?: string;
};

export type Verdict = { passed: boolean; says: string; results: GateResult[] };
