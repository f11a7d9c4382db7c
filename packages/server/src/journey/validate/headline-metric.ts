import type { ValidatedTask, ValidationRequest } from './model.ts';

/**
 * The one figure that stands for a model's quality, by task; all three are better when higher. Learning minimises
 * another (train's `PRIMARY_METRIC`): a loss is smooth, this is what people compare.
 */
export const HEADLINE_METRIC = {
  binary: 'roc-auc',
  multiclass: 'accuracy',
  regression: 'r2',
} as const satisfies Record<ValidatedTask, string>;

/** The metric that was asked for, or that of the task. */
export function headlineOf({ metric, task }: Pick<ValidationRequest, 'metric' | 'task'>): string {
  return metric?.id ?? HEADLINE_METRIC[task];
}
