import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  binFeatures,
  LEARNERS,
  type LearnerData,
  openTeamMemory,
  predictAdditive,
  type TeamMemory,
} from '../../packages/server/src/stages/train/index.ts';
import type { About, Asked, Outcome } from './case.ts';

type Help = { data: LearnerData; teamMemory: TeamMemory };

/** What a helping thread does. */
export function helpOurs({ data, teamMemory }: Help): void {
  LEARNERS['boosted-trees'].help?.(data, teamMemory);
}

/**
 * Bins and trains on the calling thread and its helpers, which are started from `entry`; after as many times before as `asked.warm`
 * says, which are not measured.
 */
export async function runOurs(asked: Asked, entry: string): Promise<Outcome> {
  const about = JSON.parse(readFileSync(join(asked.data, 'about.json'), 'utf8')) as About;
  const target = doubles(join(asked.data, 'target.bin'));
  const training = readColumns(asked.data, about, 0, about.rows);
  const given = { features: training, target: target.subarray(0, about.rows) };
  for (let turn = 0; turn < asked.warm; turn++) await train(asked, given, entry);
  const { fit, ...measured } = await train(asked, given, entry);
  const peakMebibytes = peak();
  const heldOut = readColumns(asked.data, about, about.rows, about.heldOut);
  const predicted = predictAdditive(fit.model, heldOut).values;
  return {
    ...measured,
    peakMebibytes,
    loss: logLoss(predicted, target.subarray(about.rows)),
    trees: fit.model.trees.length,
  };
}

type Given = Pick<LearnerData, 'features' | 'target'>;

async function train(asked: Asked, { features, target }: Given, entry: string) {
  const started = performance.now();
  const binned = binFeatures(features, asked.bins);
  const binSeconds = (performance.now() - started) / 1000;
  const learner = LEARNERS['boosted-trees'];
  const params = {
    ...learner.defaults,
    rounds: asked.rounds,
    leaves: asked.leaves,
    learningRate: asked.learningRate,
    minRowsInLeaf: asked.minRowsInLeaf,
    l2: asked.l2,
  };
  const data: LearnerData = { task: 'binary' as const, classes: 2, features, target, binned };
  const teamMemory = openTeamMemory();
  const helpers = Array.from(
    { length: asked.threads - 1 },
    () => new Worker(new URL(entry), { workerData: { data, teamMemory } satisfies Help }),
  );
  await Promise.all(helpers.map((helper) => once(helper, 'online')));
  const rows = Int32Array.from({ length: features.rows }, (_, row) => row);
  const before = process.cpuUsage();
  const begun = performance.now();
  const fit = learner.fit(data, params, {
    rows,
    validation: new Int32Array(0),
    seed: 1,
    shouldStop: () => false,
    team: teamMemory,
  });
  const trainSeconds = (performance.now() - begun) / 1000;
  const used = process.cpuUsage(before);
  return { fit, binSeconds, trainSeconds, trainCpuSeconds: (used.user + used.system) / 1e6 };
}

function doubles(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(new Uint8Array(bytes).buffer);
}

function readColumns(folder: string, about: About, from: number, rows: number) {
  const file = openSync(join(folder, 'columns.bin'), 'r');
  const all = about.rows + about.heldOut;
  const columns = Array.from({ length: about.columns }, (_, c) => {
    const column = new Float32Array(new SharedArrayBuffer(4 * rows));
    readSync(file, new Uint8Array(column.buffer), 0, 4 * rows, 4 * (c * all + from));
    return column;
  });
  closeSync(file);
  return { rows, columns, levels: new Int32Array(about.columns) };
}

/** Peak resident memory, MiB. */
function peak(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
}

function logLoss(predicted: Float64Array, target: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < target.length; row++) {
    sum -= Math.log(target[row] === 1 ? predicted[row]! : 1 - predicted[row]!);
  }
  return sum / target.length;
}
