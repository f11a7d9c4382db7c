import { taskSchema } from './basic-nouns.ts';
import { fail, type SlipwayError } from './fail.ts';

const INSTEAD_OF_CLUSTERING =
  'For groups that are not known, label some rows with `slipway label open` and train on the labels; name columns that group rows with --group.';
const INSTEAD_OF_ANOMALIES =
  'To learn which rows are anomalies, label some and train with --target; to see when traffic differs from the training data, deploy a model and use `slipway monitor`, which reports drift.';
const INSTEAD_OF_SEVERAL = 'Train one model for each target, and leave the other targets out with --exclude.';

/** Tasks that people ask for and that there are none of, with the nearest way out; words without spaces and hyphens. */
const WAYS_OUT = new Map(
  Object.entries({
    clustering: INSTEAD_OF_CLUSTERING,
    cluster: INSTEAD_OF_CLUSTERING,
    segmentation: INSTEAD_OF_CLUSTERING,
    unsupervised: INSTEAD_OF_CLUSTERING,
    anomaly: INSTEAD_OF_ANOMALIES,
    anomalies: INSTEAD_OF_ANOMALIES,
    anomalydetection: INSTEAD_OF_ANOMALIES,
    outlier: INSTEAD_OF_ANOMALIES,
    outliers: INSTEAD_OF_ANOMALIES,
    outlierdetection: INSTEAD_OF_ANOMALIES,
    multilabel: INSTEAD_OF_SEVERAL,
    multioutput: INSTEAD_OF_SEVERAL,
    multitarget: INSTEAD_OF_SEVERAL,
    multivariate: INSTEAD_OF_SEVERAL,
    classification:
      'Use binary for two classes and multiclass for more, or leave the task out to have it inferred.',
    ranking:
      'Train a model of the relevance of one item (regression or binary) and sort by what it predicts.',
    recommendation:
      'Train a model of whether one user takes one item (binary) and sort the items by its probability.',
    survival: 'Train a model of whether the event comes within a fixed time (binary).',
    timeseries: 'Use forecast with --time COLUMN.',
    forecasting: 'Use forecast with --time COLUMN.',
  }),
);

const OTHERWISE = 'Leave the task out to have it inferred from the target.';

/** How much of a request its failure repeats. */
const MOST_NAMED = 20;
const LONGEST_NAMED = 200;

/** Throws `task.unsupported` for a task that there is none of; it names those that there are, and the nearest way out. */
export function refuseUnsupportedTask(task: string): void {
  if (taskSchema.safeParse(task).success) return;
  const instead = WAYS_OUT.get(task.toLowerCase().replaceAll(/[\s_-]/g, '')) ?? OTHERWISE;
  throw fail('task.unsupported', { task, supported: taskSchema.options, instead }, { path: 'task' });
}

/** The failure of several targets at once. */
export function severalTargets(targets: readonly string[]): SlipwayError {
  return fail('target.several', { targets }, { path: 'target' });
}

/**
 * Throws for a request of a training that asks what there is no model for: `task.unsupported`, `target.several` for a list of
 * targets and `target.needed` for none. Everything else about the request is left to its schema.
 */
export function refuseUnsupportedTraining(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const { target, task } = body as { target?: unknown; task?: unknown };
  if (typeof task === 'string') refuseUnsupportedTask(task.slice(0, LONGEST_NAMED));
  if (Array.isArray(target) && target.length > 1)
    throw severalTargets(target.slice(0, MOST_NAMED).map((name) => String(name).slice(0, LONGEST_NAMED)));
  if (
    target === undefined ||
    target === null ||
    target === '' ||
    (Array.isArray(target) && target.length === 0)
  )
    throw fail('target.needed', {}, { path: 'target' });
}
