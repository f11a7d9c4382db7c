import { PRIMARY_METRIC } from '../metrics/index.ts';
import type { Metric } from '../metrics/metric.ts';

/** What trials are judged by. */
export type Selection = {
  metric: Metric;
  /** Which quantile the pinball loss is of. */
  quantile?: number;
};

/** A metric's value as a loss. */
export function lossOf({ direction }: Metric, value: number): number {
  return direction === 'higher' ? 1 - value : value;
}

/** A loss as the metric's value; the inverse of what {@link lossOf} does. */
export function metricValue({ metric }: Selection, loss: number): number {
  return metric.direction === 'higher' ? 1 - loss : loss;
}

/** Whether the metric sees in which order rows are, and not how far apart. */
export function isRanking({ metric }: Selection): boolean {
  return metric.id === 'roc-auc' || metric.id === 'pr-auc';
}

/** Whether the metric takes notably longer than a pass over the rows: rankings sort. */
export function isCostly(selection: Selection): boolean {
  return isRanking(selection) || selection.metric.ofConfusion !== undefined;
}

/** The metric that nobody asked for. */
export function usualSelection(task: keyof typeof PRIMARY_METRIC): Selection {
  return { metric: PRIMARY_METRIC[task] };
}
