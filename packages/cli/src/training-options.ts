import {
  METRICS_OF,
  type MetricName,
  refuseUnsupportedTask,
  severalTargets,
  type TaskName,
} from '@slipway/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { gather } from './options.ts';

/** What `ship` and `train` both take about the training. */
export type TrainingOptions = {
  name?: string;
  time?: string;
  group?: string;
  weight?: string;
  metric?: MetricName;
  quantile?: number;
  exclude?: string[];
  allowLeakage?: string[];
};

const METRICS: readonly string[] = [...METRICS_OF.classes, ...METRICS_OF.numbers];

/** Throws `task.unsupported`, with the way out. */
export function taskName(text: string): TaskName {
  const task = text.trim().toLowerCase();
  refuseUnsupportedTask(task);
  return task as TaskName;
}

/** One target; throws `target.several` where the option is given again. */
export function oneTarget(text: string, before?: string): string {
  if (before !== undefined) throw severalTargets([before, text]);
  return text;
}

export const ALLOW_LEAKAGE =
  'columns that are known when a prediction is made: used and deployed whatever speaks for leakage';

export function withTraining(command: Command): Command {
  return command
    .option('--name <name>', 'name of dataset, model and endpoint (from the file name)')
    .option('--time <column>', 'column that orders the rows in time: the latest are held out')
    .option('--group <column>', 'column whose rows belong together: never parted by folds or hold-out')
    .option('--weight <column>', 'column that says how much each row counts')
    .option('--metric <metric>', `what candidates are judged by: ${METRICS.join(', ')}`, metricName)
    .option('--quantile <q>', 'with --metric pinball: the quantile to predict', share)
    .option(
      '--exclude <columns>',
      'columns the model may not use, such as those known only afterwards',
      gather,
    )
    .option('--allow-leakage <columns>', ALLOW_LEAKAGE, gather);
}

/** Those options as the contract takes them. */
export function judgingOf({
  name,
  time,
  group,
  weight,
  metric,
  quantile,
  exclude,
  allowLeakage,
}: TrainingOptions) {
  return { name, time, group, weight, metric, quantile, exclude, allowLeakage };
}

/** As others spell them too: `roc_auc` is `roc-auc`. */
function metricName(text: string): MetricName {
  const name = text.trim().toLowerCase().replaceAll('_', '-');
  if (!METRICS.includes(name)) throw new InvalidArgumentError(`Choose one of ${METRICS.join(', ')}.`);
  return name as MetricName;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Give a number between 0 and 1.');
  return value;
}
