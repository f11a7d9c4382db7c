import type { Task } from '../prepare/index.ts';

/** A value as the caller of an endpoint sent it. */
export type Cell = string | number | boolean | null | undefined;

/** One answered prediction, as monitoring sees it. */
export type Observation = {
  id: string;
  /** Epoch milliseconds UTC. */
  at: number;
  modelVersion: number;
  row: Readonly<Record<string, Cell>>;
  /** The class or the number that was answered. */
  value: string | number | null;
  /** Of classification: probability of the positive class (binary) or of the answered class; else the number. */
  score: number;
};

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

export type ColumnWindow = { name: string } & (NumberWindow | CategoryWindow);

/** Scores of classification in fixed bins over [0, 1]: enough to estimate quality without labels. */
export type ScoreBins = { counts: number[]; sums: number[] };

/** What a window of traffic holds; windows over the same reference merge by addition. */
export type WindowProfile = {
  format: 1;
  rows: number;
  /** Epoch milliseconds of the first and last prediction; null when there are none. */
  from: number | null;
  to: number | null;
  columns: ColumnWindow[];
  score: NumberWindow;
  scoreBins: ScoreBins;
  /** Predictions of each class; empty for regression. */
  classes: Record<string, number>;
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
  comparison: Comparison;
  says: string;
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

export type Interval = { value: number; low: number; high: number };

/** Quality on the rows whose truth has come in. */
export type RealisedPerformance = {
  kind: 'realised';
  labelled: number;
  rows: number;
  /** labelled / rows. */
  coverage: number;
  medianDelaySeconds: number | null;
  enough: boolean;
  metric: string;
  /** Of the primary metric; null below the minimum of labels. */
  primary: Interval | null;
  metrics: Record<string, number>;
  holdout: Interval | null;
  degraded: boolean;
  says: string;
};

/** Quality as the model's own calibrated probabilities promise it; no label was seen. */
export type EstimatedPerformance = {
  kind: 'estimated';
  accuracy: number;
  rocAuc: number | null;
  /** Mean absolute gap to the realised figures on labelled rows; null without enough labels. */
  gap: number | null;
  /** False when the gap shows that the estimate cannot be relied on. */
  trusted: boolean;
  says: string;
};

export type Performance = {
  realised: RealisedPerformance;
  estimated: EstimatedPerformance | null;
};

/** The report of a window, as it is stored and sent (contract: `monitorReportSchema`). */
export type WindowReport = {
  endpoint: string;
  model: string;
  version: number;
  task: Task;
  createdAt: string;
  window: { from: string; to: string; rows: number; otherVersions: number };
  drifted: boolean;
  says: string;
  columns: ColumnDrift[];
  scores: ColumnDrift[];
  drift: Omit<DriftReport, 'columns' | 'scores'>;
  performance: Performance;
};
