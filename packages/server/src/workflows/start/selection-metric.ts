import { fail, METRICS_OF, type MetricName, type TaskName } from '@slipway/contract';
import { METRICS, type Selection } from '../../stages/train/index.ts';
import type { TrainingWish } from '../model.ts';

/** The quantile of the pinball loss where none was asked for. */
export const MEDIAN = 0.5;

/** Throws `metric.unfit` when the metric does not judge such a task. A task that is not known yet is judged later. */
export function refuseMetric(metric: MetricName | undefined, task: TaskName | undefined): void {
  if (metric === undefined || task === undefined || task === 'forecast') return;
  const known: readonly string[] = task === 'regression' ? METRICS_OF.numbers : METRICS_OF.classes;
  if (!known.includes(metric)) throw fail('metric.unfit', { metric, task, known }, { path: 'metric' });
}

/** Throws `threshold.unfit` when a model of the task does not answer by a threshold. A task that is not known yet is judged later. */
export function refuseThreshold(threshold: number | undefined, task: TaskName | undefined): void {
  if (threshold !== undefined && task !== undefined && task !== 'binary')
    throw fail('threshold.unfit', { task }, { path: 'threshold' });
}

/** What candidates are judged by, where it was asked for. Throws `metric.unfit`. */
export function selectionMetricOf(
  { metric, quantile }: TrainingWish,
  task: Exclude<TaskName, 'forecast'>,
): Selection | undefined {
  if (metric === undefined) return undefined;
  refuseMetric(metric, task);
  const found = METRICS.find(({ id }) => id === metric)!;
  return metric === 'pinball' ? { metric: found, quantile: quantile ?? MEDIAN } : { metric: found };
}
