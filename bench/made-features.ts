/**
 * What features made for the model bring: `trainModel` with and without them, on the same rows held out of each
 * classification and regression set of ../shared/data (or of --data FOLDER), with the same seed and budget.
 *
 * Run:
 *   npm run bench -- made-features [--seconds 60] [--seeds 1,2] [--only bike_sharing_hour,adult_census] [--data FOLDER]
 *
 * Time is processor time of this process, whose trials run on one thread: other work on the machine changes nothing.
 * Prints one JSON line for each set and seed: the loss held out (log loss, or RMSE) without and with, what was made, and
 * what one row costs then.
 */
import { parseArgs } from 'node:util';
import type { Clock } from '../packages/server/src/kernel/index.ts';
import { takeRows } from '../packages/server/src/stages/ingest/index.ts';
import {
  compileFlat,
  dropUnusedFeatures,
  predictFlat,
} from '../packages/server/src/stages/optimize/index.ts';
import {
  columnsOf,
  compileEncoder,
  encodeFeatures,
  type Preparation,
  type RawValue,
} from '../packages/server/src/stages/prepare/index.ts';
import {
  inProcessTrials,
  measure,
  predictAdditive,
  type TrainedModel,
  trainModel,
} from '../packages/server/src/stages/train/index.ts';
import { listedSets, openSets, rowsOf, type SetTask, type SplitSet } from './sets/table-sets.ts';

/** Columns that add up to the target, which no feature could better. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  bike_sharing_hour: ['casual', 'registered'],
};

const JUDGED_BY: Record<SetTask, string> = { binary: 'log-loss', multiclass: 'log-loss', regression: 'rmse' };
const SHOWN: Record<SetTask, string> = { binary: 'roc-auc', multiclass: 'accuracy', regression: 'r2' };

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
  },
});

/** Milliseconds of processor time. */
const busyTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const clock: Clock = { now: busyTime, monotonic: busyTime };

const sets = await openSets(options.data);
try {
  for (const listed of listedSets(options.data, options.only?.split(','))) {
    for (const seed of options.seeds.split(',').map(Number))
      await compare(withoutLeaks(await sets.split(listed, seed)), seed);
  }
} finally {
  sets.close();
}

function withoutLeaks(set: SplitSet): SplitSet {
  const left = LEFT_OUT[set.name] ?? [];
  const features = set.preparation.features.filter(
    (spec) => !columnsOf(spec).some((name) => left.includes(name)),
  );
  return { ...set, preparation: { ...set.preparation, features } };
}

async function compare(set: SplitSet, seed: number): Promise<void> {
  const plain = await trained(set, seed, false);
  const made = await trained(set, seed, true);
  const line = {
    set: set.name,
    seed,
    rows: set.split.train.length,
    metric: JUDGED_BY[set.task],
    without: plain.loss,
    with: made.loss,
    change: made.loss / plain.loss - 1,
    shown: SHOWN[set.task],
    shownWithout: plain.shown,
    shownWith: made.shown,
    trials: [plain.trials, made.trials],
    rowMicroseconds: [plain.rowMicroseconds, made.rowMicroseconds],
    made: made.features,
    says: made.says,
  };
  console.log(
    JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)),
  );
}

async function trained(set: SplitSet, seed: number, making: boolean) {
  const { task, preparation, split, table, target } = set;
  const { classes, features } = preparation;
  const model = await trainModel(
    {
      data: { task, classes: classes.length, ...rowsOf(set, split.train) },
      budgetSeconds: Number(options.seconds),
      seed,
      ...(making && { making: { table: takeRows(table, split.train), features, target, classes } }),
    },
    { openTrials: inProcessTrials(clock), clock },
  );
  const complete = { ...preparation, features: [...features, ...model.made.features] };
  const holdout = rowsOf(set, split.holdout);
  const predictions = predictAdditive(model.model, encodeFeatures(complete, table, split.holdout));
  const metrics = measure(task, holdout.target, predictions, { threshold: 0.5 });
  return {
    loss: metrics[JUDGED_BY[task]]!,
    shown: metrics[SHOWN[task]]!,
    trials: model.trials.length,
    features: model.made.features.map(({ name }) => name),
    says: model.made.says,
    rowMicroseconds: rowMicroseconds(complete, model, set),
  };
}

/** Processor time of one row, encoded and scored by the engine that serves, over the rows held out. */
function rowMicroseconds(
  preparation: Preparation,
  { model }: TrainedModel,
  { table, split }: SplitSet,
): number {
  const slim = dropUnusedFeatures(preparation, model);
  const encode = compileEncoder(slim.preparation);
  const flat = compileFlat(slim.model);
  const rows = split.holdout.subarray(0, 2000);
  const { columns } = takeRows(table, rows);
  const inputs = slim.preparation.inputs.map(({ name }) => columns.find((column) => column.name === name)!);
  const values = Array.from(rows, (_, row) =>
    inputs.map((column): RawValue => {
      if (column.type === 'string')
        return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
      const value = column.values[row]!;
      if (Number.isNaN(value)) return null;
      return column.type === 'boolean' ? value === 1 : value;
    }),
  );
  const encoded = new Float32Array(slim.preparation.features.length);
  const out = new Float64Array(flat.outputs);
  const passes = Math.ceil(20_000 / rows.length);
  let started = busyTime();
  for (let pass = 0; pass <= passes; pass++) {
    if (pass === 1) started = busyTime(); // the first warms up
    for (const row of values) {
      encode(row, encoded);
      predictFlat(flat, encoded, out);
    }
  }
  return ((busyTime() - started) * 1000) / (passes * rows.length);
}
