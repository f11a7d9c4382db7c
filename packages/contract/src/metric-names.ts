import { z } from 'zod';

/** Metrics that a training may be judged by, by kind of task; the first is what is taken when none is asked for. */
export const METRICS_OF = {
  classes: ['log-loss', 'roc-auc', 'pr-auc', 'accuracy', 'balanced-accuracy', 'f1', 'mcc', 'brier'],
  numbers: ['rmse', 'mae', 'r2', 'mape', 'smape', 'rmsle', 'pinball', 'median-absolute-error'],
} as const;

export const metricNameSchema = z.enum([...METRICS_OF.classes, ...METRICS_OF.numbers]);
export type MetricName = z.infer<typeof metricNameSchema>;
