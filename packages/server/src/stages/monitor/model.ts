import type { PredictionWarning } from '@slipway/contract';
import type { PredictionRecord } from '../serve/index.ts';
import type { Interval } from '../validate/index.ts';

/** What monitoring needs of a record of the prediction log. */
export type Observation = Pick<PredictionRecord, 'id' | 'ts' | 'version' | 'row' | 'value' | 'score'> &
  Pick<Partial<PredictionRecord>, 'probabilities' | 'warnings'>;

/** How many values of a column training never saw, by the code of their warning. */
export type WarningCounts = Partial<Record<PredictionWarning['code'], number>>;

/**
 * What a window of traffic holds of a numeric column, in the bins of its reference. Sums are of (x - mean) / sd of
 * the reference, so that they stay accurate for any offset. Adding two windows adds every field.
 */
export type NumberWindow = {
  kind: 'number';
  counts: number[];
  below: number;
  above: number;
  missing: number;
  sum: number;
  sumSquares: number;
};

/** The same of a categorical column; `counts[i]` belongs to `values[i]` of the reference. */
export type CategoryWindow = {
  kind: 'category';
  counts: number[];
  other: number;
  unseen: number;
  missing: number;
  /** Up to 20 of the values never seen in training, with their counts, for people to read. */
  unseenValues: Record<string, number>;
};

export type ColumnWindow = { name: string; warnings?: WarningCounts } & (NumberWindow | CategoryWindow);

/** Scores of classification in fixed bins over [0, 1]: enough to estimate quality without labels. */
export type ScoreBins = { counts: number[]; sums: number[] };

/** What a window of traffic holds; windows over the same reference merge by addition. */
export type WindowProfile = {
  format: 1;
  rows: number;
  /** UTC ISO 8601 of the first and last prediction; null when there are none. */
  from: string | null;
  to: string | null;
  columns: ColumnWindow[];
  score: NumberWindow;
  scoreBins: ScoreBins;
  /** Predictions of each class; empty for regression. */
  classes: Record<string, number>;
  /** Rows of each part that the reference divides the week into, then those of no known part; empty where it has no week. */
  weekParts: number[];
};

/** What one drift test found. */
export type TestResult = {
  test: string;
  /** What the effect is called, such as `PSI`. */
  measure: string;
  effect: number;
  /** The smallest effect that matters in practice. */
  threshold: number;
  /** The effect that chance alone exceeds with probability alpha at these sample sizes. */
  chance: number;
  pValue: number;
  /** Whether it passes Benjamini-Hochberg over all tests of the window. */
  significant: boolean;
  /** All three: practical, beyond chance, and significant among the window's tests. */
  drifted: boolean;
};

export type DriftLevel = 'none' | 'note' | 'warning' | 'critical';

/**
 * Why the values of a column are not compared: they go on with time, or the window covers only part of the cycle they follow.
 * Missing values, and values that neither explains, are compared all the same.
 */
export type NotCompared = 'advances-with-time' | 'part-of-a-cycle';

/**
 * What makes a drift an alert: evidence so strong that a month of looks would hardly show it by chance, or the same drift in
 * the window before. `pending` is drift seen once, `first-week` drift that may be a weekly cycle for all that is known; `weekly` is
 * drift that the same weekday of earlier weeks had too.
 */
export type Confirmation = 'strong' | 'repeated' | 'pending' | 'first-week' | 'weekly';

/** Both distributions of a column, as shares of its present values, for pictures and tables. */
export type Comparison = { labels: string[]; reference: number[]; window: number[] };

export type ColumnDrift = {
  name: string;
  kind: 'number' | 'category';
  drifted: boolean;
  /** How much the model relies on the column, 0 to 1; 1 for scores and classes. */
  importance: number;
  /** Effect as a multiple of its practical threshold, times importance. */
  severity: number;
  level: DriftLevel;
  tests: TestResult[];
  /** The test that speaks for the column. */
  leading: string | null;
  missing: { reference: number; window: number };
  mean?: { reference: number; window: number };
  unseenValues?: Record<string, number>;
  /** Left out where there were none. */
  warnings?: WarningCounts;
  comparison: Comparison;
  /** Left out where the values are compared. */
  notCompared?: NotCompared;
  /** Left out where nothing drifted. */
  confirmation?: Confirmation;
  /** One sentence with direction and unit. */
  says: string;
  /** The figures of the leading test in one sentence: effect, chance and p-value. */
  statistics: string;
};

export type DriftReport = {
  rows: number;
  referenceRows: number;
  alpha: number;
  minRows: number;
  /** Whether the window is large enough to raise alerts. */
  enough: boolean;
  drifted: boolean;
  says: string;
  /** Most severe first. */
  columns: ColumnDrift[];
  /** The predictions themselves: score, and class shares for classification. */
  scores: ColumnDrift[];
};

/** A measure that decides whether performance has fallen, on labelled predictions and on the hold-out. */
export type MeasuredPerformance = {
  id: string;
  name: string;
  better: 'higher' | 'lower';
  /** With its 95 % interval; null where it is not defined on these labels. */
  value: Interval | null;
  /** Null where the hold-out is not known. */
  holdout: Interval | null;
  /** How much worse than on the hold-out it may be, in the unit of the measure. */
  tolerance: number | null;
  /** How much worse it may be at these numbers of rows: the tolerance, or what chance explains where that is more. */
  allowed: number | null;
  /** Worse by more than `allowed`. */
  degraded: boolean;
};

/** Labels of classes that training never saw; each counts as a wrong answer. */
export type UnknownClasses = {
  labels: number;
  /** labels / labelled predictions. */
  share: number;
  /** Up to 20, most labels first. */
  classes: { value: string; labels: number }[];
  says: string;
};

/** Performance on the predictions whose truth has come in, whenever those were made. */
export type RealisedPerformance = {
  /** Predictions of the version between the first and the last labelled one; of the window where none is labelled. */
  rows: number;
  labelled: number;
  /** labelled / rows. */
  coverage: number;
  /** When the first and the last of the labelled predictions were made, UTC ISO 8601; null without labels. */
  from: string | null;
  to: string | null;
  /** Length of the period that was measured, back from the newest labelled prediction; null for dates that were asked for. */
  days: number | null;
  /** Labels of a class, or a number, that the model does not know. */
  unknownLabels: number;
  /** Classification: the classes among them; null when there are none. */
  unknownClasses: UnknownClasses | null;
  /** From a prediction to the arrival of its label. */
  medianDelaySeconds: number | null;
  p90DelaySeconds: number | null;
  /** Whether there are enough labels to state a performance. */
  enough: boolean;
  /** The headline metric of the task. */
  metric: string;
  /** Of the headline metric with its 95 % interval; null without enough labels and where it is not defined. */
  primary: Interval | null;
  /** Of the headline metric on the hold-out. */
  holdout: Interval | null;
  /** The measures that decide; empty without enough labels. */
  measures: MeasuredPerformance[];
  metrics: Record<string, number>;
  /** Whether any of the measures is degraded. */
  degraded: boolean;
  /** What was decided, by which measure and values, in one sentence. */
  decision: string;
  says: string;
};

/** The estimate for the labelled predictions, beside their labels. */
export type EstimateOnLabels = {
  /** Accuracy. */
  estimated: number;
  measured: number;
  /** How far apart they may be at this number of labels. */
  allowed: number;
  wrong: boolean;
};

/** Quality as the model's own probabilities promise it, without labels: always called estimated. */
export type EstimatedPerformance = {
  accuracy: number;
  /** Binary only. */
  rocAuc: number | null;
  /** |estimated - realised| accuracy on the labelled predictions; null without enough labels. */
  gap: number | null;
  onLabels: EstimateOnLabels | null;
  /** False when labels show that the estimate is off. */
  trusted: boolean;
  says: string;
};

export type Performance = { realised: RealisedPerformance; estimated: EstimatedPerformance | null };

/** Calls that were refused for one reason. */
export type RefusedCalls = {
  code: string;
  /** Column or tensor of the model. */
  column: string | null;
  count: number;
  /** Of those, since the report before. */
  sinceLast: number;
  /** Of all calls of the window. */
  share: number;
  says: string;
};

export type CallsReport = {
  answered: number;
  refused: number;
  answeredSinceLast: number;
  /** Most frequent first. */
  refusals: RefusedCalls[];
};

/** The report of a window, as it is stored and sent (contract: `monitorReportSchema`). */
export type WindowReport = {
  endpoint: string;
  model: string;
  version: number;
  /** Which model answered as which endpoint; left out where it is not known. */
  deployment?: string;
  createdAt: string;
  /** Whether a caller chose the window: it opens and closes no alert and starts nothing. */
  chosenDates: boolean;
  /** `otherVersions`: predictions of the window that other versions answered; they are not in the report. */
  window: { from: string; to: string; rows: number; otherVersions: number };
  drifted: boolean;
  says: string;
  columns: ColumnDrift[];
  scores: ColumnDrift[];
  drift: Omit<DriftReport, 'columns' | 'scores' | 'drifted' | 'says'>;
  performance: Performance;
  /** Left out of reports from before calls were counted. */
  calls?: CallsReport;
};

/** What a window set off. */
export type MonitorSignals = {
  drift: { fired: boolean; says: string };
  performance: { fired: boolean; says: string };
};
