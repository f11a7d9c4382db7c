import { measure } from '../train/index.ts';
import {
  bootstrap,
  HEADLINE_METRIC,
  HEADLINE_STATISTIC,
  type Interval,
  intervalOf,
} from '../validate/index.ts';
import type { Labelled } from './label-join.ts';
import type { RealisedPerformance } from './model.ts';
import type { MonitorOptions } from './options.ts';
import type { MonitoredModel } from './ports.ts';

/**
 * Quality on the rows whose labels have come in, beside that of the hold-out. Labels that come in may not be a fair
 * sample of all, so the share that is labelled is always told.
 */
export function realisedPerformance(
  model: Pick<MonitoredModel, 'task' | 'threshold' | 'holdout'>,
  rows: number,
  labelled: Labelled,
  options: Pick<MonitorOptions, 'minLabels' | 'qualityTolerance' | 'seed'>,
): RealisedPerformance {
  const count = labelled.target.length;
  const facts = {
    rows,
    labelled: count,
    coverage: rows === 0 ? 0 : count / rows,
    unknownLabels: labelled.unknownLabels,
    medianDelaySeconds: labelled.medianDelaySeconds,
    enough: count >= options.minLabels,
    metric: HEADLINE_METRIC[model.task],
    holdout: model.holdout,
  };
  const primary = facts.enough ? primaryOf(model, labelled, options.seed) : null;
  const metrics = facts.enough
    ? measure(model.task, labelled.target, labelled.predictions, { threshold: model.threshold })
    : {};
  const degraded = primary !== null && isDegraded(primary, model.holdout, options.qualityTolerance);
  const report = { ...facts, primary, metrics, degraded };
  return { ...report, says: describe(report, options.minLabels) };
}

/** Null when the metric is not defined, such as the ROC AUC of a single class. */
function primaryOf(
  { task, threshold }: Pick<MonitoredModel, 'task' | 'threshold'>,
  { target, predictions }: Labelled,
  seed: number,
): Interval | null {
  const statistic = HEADLINE_STATISTIC[task]({ target, predictions, threshold });
  const interval = intervalOf(
    bootstrap(() => [statistic], target.length, seed),
    0,
  );
  return Object.values(interval).every(Number.isFinite) ? interval : null;
}

/** Below the hold-out by more than the tolerance and by more than both intervals together explain. */
function isDegraded(primary: Interval, holdout: Interval | null, tolerance: number): boolean {
  if (holdout === null) return false;
  const drop = holdout.value - primary.value;
  return drop > tolerance && drop > Math.hypot(primary.high - primary.value, holdout.value - holdout.low);
}

function describe(report: Omit<RealisedPerformance, 'says'>, minLabels: number): string {
  const { labelled, rows, coverage, primary, metric, holdout, degraded } = report;
  const share = `${labelled} of ${rows} predictions (${percent(coverage)}) are labelled`;
  if (!report.enough) return `Not enough labels: ${share}; ${minLabels} are needed.`;
  const delay =
    report.medianDelaySeconds === null ? '' : `, half of them within ${duration(report.medianDelaySeconds)}`;
  if (primary === null) return `${metric} is not defined on these labels: ${share}${delay}.`;
  const found = `${metric} ${primary.value.toFixed(3)} (95 % interval ${primary.low.toFixed(3)} to ${primary.high.toFixed(3)})`;
  return `${found}${against(holdout, degraded)}; ${share}${delay}.`;
}

function against(holdout: Interval | null, degraded: boolean): string {
  if (holdout === null) return '';
  return `, ${degraded ? 'below' : 'not shown to be below'} the ${holdout.value.toFixed(3)} of the hold-out`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

const UNITS = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
] as const;

function duration(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit === undefined
    ? `${Math.round(seconds)} seconds`
    : `${(seconds / unit[0]).toFixed(1)} ${unit[1]}`;
}
