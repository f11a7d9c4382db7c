/**
 * Hold-out quality of `trainModel` against scikit-learn's HistGradientBoosting with defaults, on the same rows and raw
 * columns of every classification and regression set of ../shared/data (or of --data FOLDER).
 *
 * Run:
 *   npm run build
 *   npm run bench -- training-quality --python PYTHON [--seconds 30] [--only telco_churn,abalone] [--data FOLDER]
 *
 * PYTHON needs scikit-learn and pandas; without it our own numbers are printed alone.
 * Prints one JSON line for each set: the task's headline metric, log loss or RMSE, theirs, and what it took.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { threadTrials } from '../packages/server/src/adapters/threads/index.ts';
import { systemClock } from '../packages/server/src/kernel/index.ts';
import {
  measure,
  predictAdditive,
  type TrainingData,
  trainModel,
} from '../packages/server/src/stages/train/index.ts';
import { handOver, listedSets, openSets, rowsOf, type SetTask, type SplitSet } from './sets/table-sets.ts';

/** What is compared first, by task. */
const HEADLINE: Record<SetTask, string> = { binary: 'roc-auc', multiclass: 'accuracy', regression: 'r2' };
const SECOND: Record<SetTask, string> = { binary: 'log-loss', multiclass: 'log-loss', regression: 'rmse' };

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    threads: { type: 'string', default: 'dist/trial-thread.js' },
  },
});

const sets = await openSets(options.data);
try {
  for (const set of listedSets(options.data, options.only?.split(',')))
    await compare(await sets.split(set, 1));
} finally {
  sets.close();
}

async function compare(set: SplitSet): Promise<void> {
  const { name, task, split } = set;
  const ours = await trainOurs(set);
  const theirs = options.python ? trainTheirs(set) : null;
  const line = {
    set: name,
    task,
    metric: HEADLINE[task],
    ours: ours.metrics[HEADLINE[task]],
    theirs: theirs?.[HEADLINE[task]],
    better: theirs ? ours.metrics[HEADLINE[task]]! - theirs[HEADLINE[task]]! : undefined,
    second: SECOND[task],
    oursSecond: ours.metrics[SECOND[task]],
    theirsSecond: theirs?.[SECOND[task]],
    trainRows: split.train.length,
    ...ours.facts,
  };
  console.log(
    JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)),
  );
}

async function trainOurs(set: SplitSet) {
  const { task, preparation, split } = set;
  const holdout = rowsOf(set, split.holdout);
  const data: TrainingData = { task, classes: preparation.classes.length, ...rowsOf(set, split.train) };
  const openTrials = threadTrials({ entry: resolve(options.threads) });
  const trained = await trainModel(
    { data, budgetSeconds: Number(options.seconds), seed: 1 },
    { openTrials, clock: systemClock },
  );
  const predictions = predictAdditive(trained.model, holdout.features);
  // One half for both, since theirs has no other threshold.
  const metrics = measure(task, holdout.target, predictions, { threshold: 0.5 });
  const facts = {
    seconds: trained.seconds,
    folds: trained.folds,
    trials: trained.trials.length,
    label: trained.label,
    trees: trained.model.trees.length,
    nodes: trained.model.trees.reduce((sum, tree) => sum + tree.feature.length, 0),
  };
  return { metrics, facts };
}

function trainTheirs(set: SplitSet): Record<string, number> {
  const handed = join(sets.scratch, 'handed');
  handOver(set, handed);
  const script = resolve('bench/training-quality.py');
  if (!existsSync(script)) throw new Error(`run this from the root of the repository: there is no ${script}`);
  return JSON.parse(execFileSync(options.python!, [script, handed], { encoding: 'utf8' }));
}
