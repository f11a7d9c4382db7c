import {
  type DecisionCosts,
  METRICS_OF,
  type MetricName,
  refuseUnsupportedTask,
  severalTargets,
  type TaskName,
} from '@slipway/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { costsOf } from './costs.ts';
import { gather } from './options.ts';
import { type ValidationOptions, validationOf, withValidation } from './validation-options.ts';

/** What `ship` and `train` both take about the training. */
export type TrainingOptions = ValidationOptions & {
  name?: string;
  time?: string;
  group?: string;
  weight?: string;
  metric?: MetricName;
  quantile?: number;
  exclude?: string[];
  refit?: boolean;
  groups?: string[];
  costs?: DecisionCosts;
  threshold?: number;
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
  'columns that are known when a prediction is made: used and deployed despite evidence of leakage';

export function withTraining(command: Command): Command {
  return withRefit(withValidation(command))
    .option('--name <name>', 'name of dataset, model and endpoint (from the file name)')
    .option('--time <column>', 'column that orders the rows in time: the latest are held out')
    .option('--group <column>', 'column whose rows belong together: never parted by folds or hold-out')
    .option('--weight <column>', 'column that says how much each row counts')
    .option('--metric <metric>', `selection metric: ${METRICS.join(', ')}`, metricName)
    .option('--quantile <q>', 'with --metric pinball: the quantile to predict', share)
    .option(
      '--exclude <columns>',
      'columns the model may not use, such as those known only afterwards',
      gather,
    )
    .option(
      '--groups <columns>',
      'columns whose groups the report compares, such as sex,age_band; the model need not use them',
      gather,
    )
    .option(
      '--costs <costs>',
      "what answers cost: of two classes 'fn=10,fp=1' (and gain: tp=, tn=), which chooses the threshold; of named ones TRUE:PREDICTED=COST, such as 'cat:dog=5,dog:*=2,other=1', where the class of least expected cost is answered",
      costsOf,
    )
    .option(
      '--threshold <p>',
      'answer the positive class of a binary model from this probability on, in place of a chosen one',
      share,
    )
    .option('--allow-leakage <columns>', ALLOW_LEAKAGE, gather);
}

/** The option that keeps the model as it was measured. */
export function withRefit(command: Command): Command {
  return command.option(
    '--no-refit',
    'serve the model as it was measured: do not fit it again on all rows, including the hold-out',
  );
}

/** Whether a refit was declined; undefined leaves it to the server. */
export function refitOf({ refit }: Pick<TrainingOptions, 'refit'>): false | undefined {
  return refit === false ? false : undefined;
}

/** Those options as the contract takes them. */
export function judgingOf(options: TrainingOptions) {
  const { name, time, group, weight, metric, quantile, exclude, allowLeakage, groups } = options;
  const { costs, threshold } = options;
  const judged = { name, time, group, weight, metric, quantile, exclude, allowLeakage };
  return { ...judged, fairness: groups, costs, threshold, refit: refitOf(options), ...validationOf(options) };
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
