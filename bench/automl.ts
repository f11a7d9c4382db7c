/**
 * Automatic training against FLAML and LightGBM's defaults, on the same rows held out of every classification and
 * regression set of ../shared/data (or of --data FOLDER), with the same wall-clock budget on the same cores, one system
 * after the other, in turns. Judged and selected by ROC AUC (binary), log loss (multiclass), RMSE (regression), as the
 * AutoML benchmark does (Gijsbers et al. 2024).
 *
 * Run:
 *   python3 -m venv VENV && VENV/bin/pip install 'flaml[automl]' lightgbm xgboost scikit-learn pandas
 *   npm run build
 *   npm run bench -- automl --python VENV/bin/python [--seconds 60] [--cores 2] [--only telco_churn,abalone]
 *                           [--seeds 1,2,3] [--systems slipway,flaml,lightgbm] [--clock wall|processor] [--out FILE]
 *                           [--measure-again slipway]
 *
 * `autogluon`, `flaml-ensemble` and `h2o` (needs Java) are systems as well, where they are installed. Each result, a cell,
 * is appended to FILE (bench/results/automl.jsonl unless given) as a line of JSON with the commit, its time and the load
 * average before and after. A cell of the same set, seed, system, budget, clock and cores that is there already is not
 * measured again, so a run that was cut off goes on; `--measure-again` names the systems whose cells of other commits do not
 * count, and the latest cell is the one shown. The table of mean ranks comes at the end. Set OMP_NUM_THREADS or use taskset
 * to keep libraries to the cores.
 *
 * `--clock processor` gives every system that many seconds of processor time on one thread instead, by which other work on the
 * machine changes nothing: ours by its clock port, the others by a `time` that stands still while their process does. H2O keeps
 * wall-clock time on one thread, and its processor time is kept with the cell.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { threadTrials } from '../packages/server/src/adapters/threads/index.ts';
import { type Clock, systemClock } from '../packages/server/src/kernel/index.ts';
import { takeRows } from '../packages/server/src/stages/ingest/index.ts';
import { encodeFeatures } from '../packages/server/src/stages/prepare/index.ts';
import {
  inProcessTrials,
  METRICS,
  measure,
  predictAdditive,
  sizeInLeaves,
  trainModel,
} from '../packages/server/src/stages/train/index.ts';
import { finishingSeconds } from '../packages/server/src/workflows/index.ts';
import { beginStamp, openCells, presentCommit, type Stamp } from './result-cells.ts';
import { handOver, listedSets, openSets, rowsOf, type SetTask, type SplitSet } from './sets/table-sets.ts';

const JUDGED_BY: Record<SetTask, string> = { binary: 'roc-auc', multiclass: 'log-loss', regression: 'rmse' };

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    seconds: { type: 'string', default: '60' },
    cores: { type: 'string', default: '2' },
    only: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    systems: { type: 'string', default: 'slipway,flaml,lightgbm' },
    clock: { type: 'string', default: 'wall' },
    out: { type: 'string', default: 'bench/results/automl.jsonl' },
    'measure-again': { type: 'string', default: '' },
    data: { type: 'string', default: '../shared/data' },
    threads: { type: 'string', default: 'dist/trial-thread.js' },
  },
});

const onProcessor = options.clock === 'processor';
/** Milliseconds of processor time. */
const busyTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const clock: Clock = onProcessor ? { now: busyTime, monotonic: busyTime } : systemClock;
const cores = onProcessor ? '1' : options.cores;

/** What tells one measurement from another. */
type Key = {
  set: string;
  seed: number;
  system: string;
  /** Seconds that the system was given. */
  budget: number;
  clock: string;
  cores: number;
};

/** A measurement, a line of the file. */
type Result = Key &
  Stamp & {
    task: SetTask;
    metric: string;
    value: number;
    seconds: number;
    rows: number;
    facts: Record<string, unknown>;
  };

const systems = options.systems.split(',');
const commit = presentCommit();
const again = options['measure-again'].split(',');
const results = openCells<Result>(options.out, (cell) => ofThisRun(cell));
const sets = await openSets(options.data);
try {
  let turn = 0;
  for (const seed of options.seeds.split(',').map(Number)) {
    for (const listed of listedSets(options.data, options.only?.split(','))) {
      const missing = systems.filter((system) => !isMeasured(listed.name, seed, system));
      if (missing.length === 0) continue;
      const set = await sets.split(listed, seed);
      turn++;
      for (const system of turn % 2 === 0 ? missing.toReversed() : missing)
        results.keep(await measured(set, seed, system));
    }
  }
} finally {
  sets.close();
}
console.log(rankTable());

/** Whether a cell was measured with the budget, clock and cores of this run, and not before what is to be measured again. */
function ofThisRun(cell: Result): boolean {
  const same =
    cell.budget === Number(options.seconds) && cell.clock === options.clock && cell.cores === Number(cores);
  return same && (cell.commit === commit || !again.includes(cell.system));
}

function isMeasured(set: string, seed: number, system: string): boolean {
  return results.all.some((one) => one.set === set && one.seed === seed && one.system === system);
}

async function measured(set: SplitSet, seed: number, system: string): Promise<Result> {
  const metric = JUDGED_BY[set.task];
  const stamp = beginStamp(commit);
  const begun = clock.monotonic();
  const { value, facts }: { value: number; facts: Result['facts'] } =
    system === 'slipway' ? await trainOurs(set, seed, metric) : trainTheirs(set, seed, metric, system);
  const spent = (clock.monotonic() - begun) / 1000;
  const seconds = typeof facts.seconds === 'number' ? facts.seconds : spent;
  return {
    set: set.name,
    seed,
    system,
    budget: Number(options.seconds),
    clock: options.clock,
    cores: Number(cores),
    ...stamp(),
    task: set.task,
    metric,
    value,
    seconds,
    rows: set.split.train.length,
    facts,
  };
}

async function trainOurs(set: SplitSet, seed: number, metricId: string) {
  const { task, preparation, split, table, target } = set;
  const { classes, features } = preparation;
  const metric = METRICS.find(({ id }) => id === metricId)!;
  const data = { task, classes: classes.length, ...rowsOf(set, split.train) };
  const making = { table: takeRows(table, split.train), features, target, classes };
  const budgetSeconds = Number(options.seconds);
  const trained = await trainModel(
    {
      ...{ data, budgetSeconds, seed, selection: { metric }, making },
      finishingSeconds: finishingSeconds(budgetSeconds),
    },
    {
      openTrials: onProcessor
        ? inProcessTrials(clock)
        : threadTrials({ entry: resolve(options.threads), concurrency: Number(cores) }),
      clock,
    },
  );
  const holdout = rowsOf(set, split.holdout);
  const complete = { ...preparation, features: [...features, ...trained.made.features] };
  const said = predictAdditive(trained.model, encodeFeatures(complete, table, split.holdout));
  const values = measure(task, holdout.target, said);
  const stopped = trained.trials.filter(({ state }) => state === 'stopped').length;
  const made = trained.made.features.length;
  const leaves = sizeInLeaves(trained.model);
  const facts = {
    ...{ label: trained.label, trials: trained.trials.length, stopped, folds: trained.folds, made, leaves },
  };
  return { value: values[metricId]!, facts };
}

function trainTheirs(set: SplitSet, seed: number, metric: string, system: string) {
  const script = resolve('bench/automl.py');
  if (!existsSync(script)) throw new Error(`run this from the root of the repository: there is no ${script}`);
  const handed = join(sets.scratch, 'handed');
  handOver(set, handed);
  const words = [script, handed, system, metric, options.seconds, cores, String(seed), options.clock];
  const answer = execFileSync(options.python, words, { encoding: 'utf8', maxBuffer: 1e8 });
  const { value, ...facts } = JSON.parse(answer.trim().split('\n').at(-1)!) as { value: number };
  return { value, facts };
}

/** Each set's values and, over all sets and seeds, the mean rank of each system; equals share a rank. */
function rankTable(): string {
  const shown = systems.filter((system) => results.all.some((one) => one.system === system));
  const keys = [...new Set(results.all.map(({ set, seed }) => `${set} ${seed}`))];
  const ranks = new Map<string, number[]>(shown.map((system) => [system, []]));
  const lines = keys.flatMap((key) => {
    const own = results.all.filter((one) => `${one.set} ${one.seed}` === key && shown.includes(one.system));
    if (shown.some((system) => !own.some((one) => one.system === system))) return [];
    const { set, seed, metric } = own[0]!;
    const sign = METRICS.find(({ id }) => id === metric)!.direction === 'higher' ? -1 : 1;
    const value = (system: string) => own.findLast((one) => one.system === system)!.value;
    for (const system of shown) {
      const better = shown.filter((other) => sign * value(other) < sign * value(system)).length;
      const equal = shown.filter((other) => value(other) === value(system)).length;
      ranks.get(system)!.push(better + (equal + 1) / 2);
    }
    const cells = shown.map((system) => String(Number(value(system).toPrecision(5))));
    return [`| ${set} | ${seed} | ${metric} | ${cells.join(' | ')} |`];
  });
  const means = shown.map((system) => {
    const own = ranks.get(system)!;
    return (own.reduce((a, b) => a + b, 0) / own.length).toFixed(2);
  });
  return [
    `| set | seed | metric | ${shown.join(' | ')} |`,
    `|---|---|---|${shown.map(() => '---|').join('')}`,
    ...lines,
    `| **mean rank** over ${lines.length} | | | ${means.map((mean) => `**${mean}**`).join(' | ')} |`,
  ].join('\n');
}
