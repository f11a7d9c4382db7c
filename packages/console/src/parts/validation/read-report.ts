import type { GroupReport } from '@slipway/contract';

/** What the console shows of a validation report; a report of another form is shown as plain facts. */
export type DatasetReport = {
  name: string;
  rows: number;
  metrics: Record<string, number>;
  primary: { metric: string; value: number; low: number; high: number };
  baseline: { says: string; metrics: Record<string, number> };
  champion: { name: string; version: number; metrics: Record<string, number> } | null;
  classification: Classification | null;
  residuals: Residuals | null;
  slices: Slice[];
  slicesExamined: number;
  /** Of a further set: where its rows are from, and what to know of them. */
  origin?: { dataset: string; version: number; notes: string[] };
  /** Metrics of the rows that equal no training row, where some do. */
  withoutOverlap?: { rows: number; metrics: Record<string, number> };
  /** Left out in reports of earlier releases, and where no column was asked for. */
  groups?: GroupReport[];
  /** Of forecasts; read by `readForecast`. */
  forecast?: unknown;
};

export type Classification = {
  confusion: { classes: string[]; counts: number[][] };
  perClass: ClassRow[];
  reliability: { rows: number; stated: number; observed: number; low: number; high: number }[];
  roc: Point[];
  precisionRecall: Point[];
};

export type ClassRow = {
  class: string;
  rows: number;
  precision: number;
  recall: number;
  f1: number;
  /** Left out in reports of earlier releases. */
  specificity?: number;
  npv?: number;
};

export type Point = { threshold: number | null; x: number; y: number };
export type Slice = {
  column: string;
  says: string;
  rows: number;
  loss: number;
  lossElsewhere: number;
  clearlyWorse: boolean;
};
export type Residuals = { byPrediction: { rows: number; prediction: number; truth: number; rmse: number }[] };

type Rec = Record<string, unknown>;

/** The datasets of a report, or none when it is not of the form that validation writes. */
export function readReport(report: unknown): DatasetReport[] {
  if (!isRec(report) || !Array.isArray(report.datasets)) return [];
  return report.datasets.every(isDatasetReport) ? report.datasets : [];
}

function isDatasetReport(value: unknown): value is DatasetReport {
  return (
    isRec(value) &&
    typeof value.name === 'string' &&
    isRec(value.metrics) &&
    isRec(value.primary) &&
    isRec(value.baseline) &&
    isRec(value.baseline.metrics) &&
    Array.isArray(value.slices) &&
    isAbsentOr(value.origin, (origin) => Array.isArray(origin.notes)) &&
    isAbsentOr(value.withoutOverlap, (rest) => isRec(rest.metrics)) &&
    (value.groups === undefined || (Array.isArray(value.groups) && value.groups.every(isGroupReport))) &&
    isAbsentOr(value.champion, (champion) => isRec(champion.metrics)) &&
    isAbsentOr(value.residuals, (residuals) => Array.isArray(residuals.byPrediction)) &&
    isAbsentOr(value.classification, isClassification)
  );
}

function isGroupReport(value: unknown): boolean {
  return (
    isRec(value) &&
    isRec(value.gaps) &&
    Array.isArray(value.groups) &&
    value.groups.every((group) => isRec(group) && isRec(group.intervals))
  );
}

/** Why a model answers from its threshold on, or by costs, in sentences; undefined where the report does not say. */
export function readDecision(report: unknown): string | undefined {
  const decision = isRec(report) && isRec(report.decision) ? report.decision : undefined;
  if (typeof decision?.says !== 'string' || typeof decision.threshold !== 'number') return undefined;
  if (decision.costMatrix !== undefined) return decision.says;
  return `Answers the positive class from a probability of ${Number(decision.threshold.toPrecision(4))} on. ${decision.says}`;
}

function isClassification(value: Rec): boolean {
  const lists = [value.perClass, value.reliability, value.roc, value.precisionRecall];
  return (
    lists.every(Array.isArray) &&
    isRec(value.confusion) &&
    Array.isArray(value.confusion.classes) &&
    Array.isArray(value.confusion.counts)
  );
}

function isAbsentOr(value: unknown, check: (value: Rec) => boolean): boolean {
  return value === null || value === undefined || (isRec(value) && check(value));
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
