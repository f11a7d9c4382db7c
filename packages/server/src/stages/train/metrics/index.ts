import type { TargetVector, Task } from '../../prepare/index.ts';
import type { Predictions } from '../model.ts';
import { accuracy } from './accuracy.ts';
import { balancedAccuracy } from './balanced-accuracy.ts';
import { brier } from './brier.ts';
import { cost } from './cost.ts';
import { ece } from './ece.ts';
import { f1 } from './f1.ts';
import { logLoss } from './log-loss.ts';
import { mae } from './mae.ts';
import { mape } from './mape.ts';
import { mcc } from './mcc.ts';
import { medianAbsoluteError } from './median-absolute-error.ts';
import type { Metric, MetricOptions } from './metric.ts';
import { npv } from './npv.ts';
import { pinball } from './pinball.ts';
import { ppv } from './ppv.ts';
import { prAuc } from './pr-auc.ts';
import { precision } from './precision.ts';
import { r2 } from './r2.ts';
import { recall } from './recall.ts';
import { rmse } from './rmse.ts';
import { rmsle } from './rmsle.ts';
import { rocAuc } from './roc-auc.ts';
import { sensitivity } from './sensitivity.ts';
import { smape } from './smape.ts';
import { specificity } from './specificity.ts';

export { answeredClasses } from './class-probabilities.ts';
export { type Confusion, confusionOf } from './confusion.ts';
export { equalMassBins } from './equal-mass-bins.ts';
export type { Metric, MetricOptions } from './metric.ts';

/** Every metric, in the order in which reports show them. */
export const METRICS: readonly Metric[] = [
  accuracy,
  precision,
  recall,
  f1,
  sensitivity,
  specificity,
  ppv,
  npv,
  rocAuc,
  prAuc,
  logLoss,
  brier,
  ece,
  balancedAccuracy,
  mcc,
  cost,
  rmse,
  mae,
  r2,
  mape,
  smape,
  rmsle,
  pinball,
  medianAbsoluteError,
];

/** What leaderboards rank by, by task, unless another metric is asked for. */
export const PRIMARY_METRIC: Record<Exclude<Task, 'forecast'>, Metric> = {
  binary: logLoss,
  multiclass: logLoss,
  regression: rmse,
};

/** Every metric of the task that is defined on these rows, by id. */
export function measure(
  task: Exclude<Task, 'forecast'>,
  target: TargetVector,
  predictions: Predictions,
  options: MetricOptions = { threshold: 0.5 },
): Record<string, number> {
  const values = METRICS.filter((metric) => metric.tasks.includes(task)).map(
    (metric) => [metric.id, metric.compute(target, predictions, options)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => Number.isFinite(value)));
}
