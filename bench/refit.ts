/**
 * What a refit on all rows brings: trainings with and without it, measured on rows that neither has seen. A fifth of each set
 * (the latest of those in time order) is kept from both; of the rest a training holds out a fifth of its own, and a refit learns
 * from that too.
 *
 * Run:
 *   npm run bench -- refit [--seconds 20] [--seeds 1] [--only abalone] [--data FOLDER]
 *
 * Time is processor time of this process, whose trials run on one thread: other work on the machine changes nothing.
 * Prints one JSON line for each set and seed: the loss of the model without a refit and with the whole budget for its search
 * (`without`), of the model before the refit in the search that leaves time for it (`before`), and of the refitted one (`with`).
 */
import { parseArgs } from 'node:util';
import type { Clock } from '../packages/server/src/kernel/index.ts';
import { takeRows } from '../packages/server/src/stages/ingest/index.ts';
import { encodeFeatures, encodeTarget } from '../packages/server/src/stages/prepare/index.ts';
import { inProcessTrials, measure, predictAdditive } from '../packages/server/src/stages/train/index.ts';
import {
  type CandidateInput,
  type JobPorts,
  prepareRows,
  refitFacts,
  servedModel,
  trainCandidate,
} from '../packages/server/src/workflows/index.ts';
import { type ListedSet, openSets, type SetTask, type SplitSet } from './sets/table-sets.ts';

type TimedSet = ListedSet & { time?: string; exclude?: string[] };

const SETS: readonly TimedSet[] = [
  { name: 'telco_churn', file: 'telco_churn.csv', target: 'Churn', task: 'binary' },
  { name: 'satellite_statlog', file: 'satellite_statlog.csv', target: 'Class', task: 'multiclass' },
  { name: 'abalone', file: 'abalone.csv', target: 'Rings', task: 'regression' },
  { name: 'concrete_strength', file: 'concrete_strength.csv', target: 'strength', task: 'regression' },
  {
    ...{
      name: 'bike_sharing_hour',
      file: 'bike_sharing_hour.csv',
      target: 'cnt',
      task: 'regression' as const,
    },
    ...{ time: 'dteday', exclude: ['casual', 'registered', 'instant'] },
  },
  { name: 'etth1_hourly', file: 'etth1_hourly.csv', target: 'OT', task: 'regression', time: 'date' },
];

const JUDGED_BY: Record<SetTask, readonly [string, string]> = {
  binary: ['log-loss', 'roc-auc'],
  multiclass: ['log-loss', 'accuracy'],
  regression: ['rmse', 'mae'],
};

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
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
const signal = new AbortController().signal;
const ports = {
  ...{ openTrials: inProcessTrials(clock), clock, enough: signal },
  ...{ journal: { read: async () => [], append: async () => undefined } },
  trainingMemoryBytes: Number.POSITIVE_INFINITY,
} as unknown as JobPorts;

const sets = await openSets(options.data);
const only = options.only?.split(',');
try {
  for (const listed of SETS.filter(({ name }) => only?.includes(name) ?? true))
    for (const seed of options.seeds.split(',').map(Number))
      await compare(await sets.split(listed, seed, listed.time), listed, seed);
} finally {
  sets.close();
}

async function compare(set: SplitSet, { time, exclude }: TimedSet, seed: number): Promise<void> {
  const without = await trained(set, { time, exclude }, seed, false);
  const refitted = await trained(set, { time, exclude }, seed, true);
  const line = {
    ...{ set: set.name, seed, metrics: JUDGED_BY[set.task] },
    ...{ rows: without.rows, outer: set.split.holdout.length },
    without: without.before,
    before: refitted.before,
    with: refitted.after,
    seconds: [without.seconds, refitted.seconds],
    refit: refitted.refit,
  };
  console.log(
    JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)),
  );
}

async function trained(
  { table, split, manifest, task, target }: SplitSet,
  { time, exclude = [] }: Pick<TimedSet, 'time' | 'exclude'>,
  seed: number,
  isRefitted: boolean,
) {
  const inner = takeRows(table, split.train);
  const input: CandidateInput = {
    ...{ runId: 'run', modelName: 'bench', version: 1, dataset: 'bench', datasetVersion: 1, manifestId: '' },
    ...{ manifest, increments: [inner.rows], target, task, timeColumn: time ?? null, exclude },
    ...{ budgetSeconds: Number(options.seconds), seed, splitSeed: seed, champion: null },
    ...(!isRefitted && { wish: { refit: false as const } }),
  };
  const { value: prepared } = await prepareRows(inner, input);
  const started = busyTime();
  const listener = { progress: () => undefined, trial: () => undefined, signal };
  const { value } = await trainCandidate(prepared, input, ports, listener);
  const seconds = (busyTime() - started) / 1000;
  const outer = takeRows(table, split.holdout);
  const lossOf = (refit: typeof value.refit) => {
    const { prepared: own, model } = servedModel(prepared, value.trained, refit);
    const predictions = predictAdditive(model, encodeFeatures(own.preparation, outer));
    const metrics = measure(task, encodeTarget(own.preparation, outer), predictions, {
      threshold: value.trained.decision.threshold,
    });
    return JUDGED_BY[task].map((id) => metrics[id]!);
  };
  return {
    rows: prepared.train.table.rows,
    before: lossOf({ done: false, reason: '' }),
    after: lossOf(value.refit),
    seconds,
    refit: refitFacts(value.refit),
  };
}
