import { METRICS, type Metric } from '../train/index.ts';
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

type Asked = Pick<ValidationRequest, 'metric' | 'task' | 'answerCosts'>;

/** The metric that was asked for, or that of the task. */
export function headlineOf(request: Asked): string {
  return metricAsked(request)?.id ?? HEADLINE_METRIC[request.task];
}

/**
 * The metric that was asked for, which of several classes with costs is the cost: answers of least expected cost are wrong more often
 * than the most probable ones.
 */
export function metricAsked({ metric, task, answerCosts }: Asked): Metric | undefined {
  return metric ?? (task === 'multiclass' && answerCosts !== undefined ? COST : undefined);
}

const COST = METRICS.find(({ id }) => id === 'cost');
