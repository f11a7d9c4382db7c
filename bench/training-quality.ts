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
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckdbTables } from '../packages/server/src/adapters/duckdb/index.ts';
import { openFileObjects } from '../packages/server/src/adapters/objects/index.ts';
import { threadTrials } from '../packages/server/src/adapters/threads/index.ts';
import {
  columnNamed,
  ingestFile,
  readTable,
  type Table,
} from '../packages/server/src/journey/ingest/index.ts';
import {
  encodeFeatures,
  encodeTarget,
  fitPreparation,
  type Preparation,
  resolveTarget,
  type Split,
  splitHoldout,
} from '../packages/server/src/journey/prepare/index.ts';
import {
  measure,
  predictAdditive,
  type TrainingData,
  trainModel,
} from '../packages/server/src/journey/train/index.ts';
import { systemClock } from '../packages/server/src/kernel/index.ts';

type Task = TrainingData['task'];

/** What is compared first, by task. */
const HEADLINE: Record<Task, string> = { binary: 'roc-auc', multiclass: 'accuracy', regression: 'r2' };
const SECOND: Record<Task, string> = { binary: 'log-loss', multiclass: 'log-loss', regression: 'rmse' };
const TASKS: readonly string[] = Object.keys(HEADLINE);

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    threads: { type: 'string', default: 'dist/trial-thread.js' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'training-quality-'));
const tables = createDuckdbTables({
  scratchFolder: join(folder, 'scratch'),
  memoryLimitBytes: 1e9,
  threads: 1,
});
const objects = await openFileObjects(join(folder, 'objects'));
try {
  for (const { file, target, task } of listed()) await compare(file, target, task);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The sets of DATASETS.md: `| file | target | task | … |`. */
function listed(): { file: string; target: string; task: Task }[] {
  const only = options.only?.split(',');
  return readFileSync(join(options.data, 'DATASETS.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => TASKS.includes(cells[3] ?? '') && cells[1]!.endsWith('.csv'))
    .filter((cells) => !only || only.includes(cells[1]!.replace('.csv', '')))
    .map((cells) => ({ file: cells[1]!, target: cells[2]!, task: cells[3] as Task }));
}

async function compare(fileName: string, wanted: string, task: Task): Promise<void> {
  const { manifest } = await ingestFile(
    { file: resolve(options.data, fileName), fileName },
    { tables, objects },
  );
  const table = await readTable(manifest, { tables, objects });
  const { target } = resolveTarget(table, manifest.schema, wanted, { dataset: fileName, task });
  const split = splitHoldout(table, { target, task, seed: 1 });
  const preparation = fitPreparation(table, manifest.schema, { target, task, trainRows: split.train });
  const ours = await trainOurs(table, preparation, split, task);
  const theirs = options.python ? trainTheirs(table, preparation, split, task) : null;
  const line = {
    set: fileName.replace('.csv', ''),
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

async function trainOurs(table: Table, preparation: Preparation, split: Split, task: Task) {
  const rowsOf = (rows: Int32Array) => ({
    features: encodeFeatures(preparation, table, rows),
    target: encodeTarget(preparation, table, rows),
  });
  const holdout = rowsOf(split.holdout);
  const data: TrainingData = { task, classes: preparation.classes.length, ...rowsOf(split.train) };
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

/** Hands the raw input columns to Python: numbers as float64, words as codes, so that nothing is parsed twice. */
function trainTheirs(
  table: Table,
  preparation: Preparation,
  split: Split,
  task: Task,
): Record<string, number> {
  const handed = join(folder, 'handed');
  rmSync(handed, { recursive: true, force: true });
  mkdirSync(handed);
  const write = (name: string, values: Float64Array | Int32Array) =>
    writeFileSync(join(handed, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const columns = preparation.inputs.map(({ name }, i) => {
    const column = columnNamed(table, name)!;
    write(`${i}.bin`, column.type === 'string' ? column.codes : column.values);
    return { name, category: column.type === 'string' };
  });
  write('target.bin', Float64Array.from(encodeTarget(preparation, table)));
  write('train.bin', split.train);
  write('holdout.bin', split.holdout);
  writeFileSync(join(handed, 'columns.json'), JSON.stringify({ task, columns }));
  const script = resolve('bench/training-quality.py');
  if (!existsSync(script)) throw new Error(`run this from the root of the repository: there is no ${script}`);
  return JSON.parse(execFileSync(options.python!, [script, handed], { encoding: 'utf8' }));
}
