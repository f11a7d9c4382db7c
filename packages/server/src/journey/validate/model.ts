import type { Table } from '../ingest/index.ts';
import type { TargetVector, Task } from '../prepare/index.ts';
import type { Metric, Predictions } from '../train/index.ts';
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
  target: TargetVector;
  candidate: Predictions;
  /** The champion's predictions of the same rows, its classes in the candidate's order. */
  champion?: Predictions;
  /** The raw columns of the rows, for slices. */
  table?: Table;
  /** What a constant answer knows of rows like these; the request's when left out. */
  prior?: ValidationRequest['prior'];
};

export type ValidationRequest = {
  task: ValidatedTask;
  /** Of classification, in the order of the outputs; binary: [negative, positive]. */
  classes: readonly string[];
  /** Binary: the positive class is answered when its probability is at least this. */
  threshold: number;
  /** What the trivial baseline knows of the training rows: share of each class, or the mean of the target. */
  prior: { classShares: readonly number[] } | { mean: number };
  champion?: { name: string; version: number; threshold: number };
  datasets: readonly ValidationDataset[];
  /** The one figure that is compared; that of the task when left out. */
  metric?: Metric;
  /** Regression: which quantile is predicted, when one is. */
  quantile?: number;
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
};

export type ClassRow = { class: string; rows: number; precision: number; recall: number; f1: number };

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
};

export type DatasetReport = {
  name: string;
  rows: number;
  metrics: Record<string, number>;
  primary: Interval & { metric: string; resamples: number };
  baseline: BaselineReport;
  champion: ChampionReport | null;
  classification: ClassificationDetail | null;
  residuals: ResidualSummary | null;
  /** Worst first, at most 10. */
  slices: SliceReport[];
  slicesExamined: number;
  /** Of forecasts: errors by step, and some series to look at. */
  forecast?: ForecastDetail;
};

export type ValidationReport = {
  format: 1;
  task: Task;
  classes: string[];
  threshold: number;
  primaryMetric: string;
  datasets: DatasetReport[];
  /** What the model relies on, measured on the first dataset; reports from before there were explanations have none. */
  explanation?: ModelExplanation;
  /** Of a model with a champion: what differs in the rows that were appended since the champion's training. */
  shift?: ShiftReport;
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
  | { kind: 'min-metric' | 'max-metric'; metric: string; value: number }
  | { kind: 'label-shift' | 'input-shift' }
  | { kind: 'label-signal'; minRows: number }
  | { kind: 'max-calibration-error'; value: number; minRows: number }
  | { kind: 'parity'; maxDifference: number }
);

/** What gates decide on. */
export type Evidence = {
  report: ValidationReport;
  parity?: Parity;
  /** Of forecasts: mean scaled error of the model and of the best naive forecast over the backtests before the hold-out. */
  backtests?: { model: number; baseline: number };
};

export type GateResult = {
  id: string;
  passed: boolean;
  observed: number | null;
  threshold: number | null;
  says: string;
};

export type Verdict = { passed: boolean; says: string; results: GateResult[] };
