import { describe, expect, test } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { seededRandom, systemClock } from '../../kernel/index.ts';
import { schemaOf, tableOf } from '../../testing/tables.ts';
import { type Table, takeRows } from '../ingest/index.ts';
import { encodeFeatures, encodeTarget, fitPreparation } from '../prepare/index.ts';
import {
  inProcessTrials,
  type LearnerId,
  measure,
  predictAdditive,
  type SearchConfiguration,
  trainModel,
} from '../train/index.ts';
import { checkParity } from './check-parity.ts';

/**
 * Features and targets far from zero, tiny or huge are learnt as well as the same numbers centred and scaled, by every
 * learner, and the exported forms of the model agree with it by what the target spreads.
 */

const ROWS = 900;
const TRAIN = Int32Array.from({ length: 600 }, (_, row) => row);
const HOLDOUT = Int32Array.from({ length: 300 }, (_, row) => 600 + row);

/** What a number of about size one is moved to, as a file would have it. */
type Move = (value: number) => number;
const SAME: Move = (value) => value;

const FEATURE_MOVES: [string, Move][] = [
  ['epoch milliseconds of one second', (x) => 1.7e12 + Math.round(1000 * x)],
  ['1e-11', (x) => x * 1e-11],
  ['1e-50', (x) => x * 1e-50],
  ['1e15', (x) => x * 1e15],
];

const TARGET_MOVES: [string, Move][] = [
  ['1.7e9 and a little', (y) => 1.7e9 + y],
  ['1e-11', (y) => y * 1e-11],
  ['1e-50', (y) => y * 1e-50],
  ['1e15', (y) => y * 1e15],
  ['1e15 and a little', (y) => 1e15 + 1000 * y],
];

/** Small enough to be quick; precision does not ask for quality. */
const GOALS: [LearnerId, SearchConfiguration][] = [
  ['boosted-trees', { learner: 'boosted-trees', params: { rounds: 150, learningRate: 0.1 }, trials: 1 }],
  ['linear', { learner: 'linear', trials: 1 }],
  ['network', { learner: 'network', params: { epochs: 8 }, trials: 1 }],
  ['random-forest', { learner: 'random-forest', params: { trees: 20 }, trials: 1 }],
  ['neighbours', { learner: 'neighbours', trials: 1 }],
];

type Task = 'regression' | 'binary';

function tableFor(task: Task, moves: { feature?: Move; target?: Move }): Table {
  const random = seededRandom(7);
  const { feature = SAME, target = SAME } = moves;
  const rows = Array.from({ length: ROWS }, () => {
    const x = Math.round(1000 * random()) / 1000;
    const b = random();
    return { x, b, y: 3 * x + b + 0.2 * (random() - 0.5) };
  });
  return tableOf({
    x: rows.map(({ x }) => feature(x)),
    b: rows.map(({ b }) => b),
    y: rows.map(({ y }) => (task === 'binary' ? y > 2 : target(y))),
  });
}

/** The hold-out metric of a learner on the table, once the exported forms of its model were found to agree with it. */
async function metricOf(task: Task, goal: SearchConfiguration, table: Table): Promise<number> {
  const classes = { target: 'y', task, trainRows: TRAIN };
  const preparation = fitPreparation(table, schemaOf(table), classes);
  const rows = (chosen: Int32Array) => encodeFeatures(preparation, table, chosen);
  const data = {
    task,
    classes: preparation.classes.length,
    features: rows(TRAIN),
    target: encodeTarget(preparation, table, TRAIN),
  };
  const { model, leaderboard, outOfFold } = await trainModel(
    { data, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, goal },
    { openTrials: inProcessTrials(systemClock), clock: systemClock },
  );
  const features = rows(HOLDOUT);
  const holdout = takeRows(table, HOLDOUT);
  const decision = { threshold: 0.5 };
  await checkParity({ preparation, model, decision, table: holdout, features }, createOnnxRuntime());
  const target = encodeTarget(preparation, table, HOLDOUT);
  const id = task === 'binary' ? 'roc-auc' : 'r2';
  const held = measure(task, data.target, outOfFold.predictions)[id]!;
  const found = measure(task, target, predictAdditive(model, features))[id]!;
  expect(Math.abs(held - found)).toBeLessThan(0.1);
  if (task === 'regression') {
    const spread = measure(task, target, {
      rows: 300,
      outputs: 1,
      values: new Float64Array(300).fill(mean(target)),
    });
    expect(leaderboard[0]!.metric.mean).toBeLessThan(spread.rmse!);
    expect(leaderboard[0]!.metric.mean).toBeGreaterThan(0.001 * spread.rmse!);
  }
  return found;
}

function mean(values: Float64Array): number {
  return values[0]! + values.reduce((sum, value) => sum + (value - values[0]!), 0) / values.length;
}

describe.each(GOALS)('precision of %s', (_, goal) => {
  const usual = {
    regression: metricOf('regression', goal, tableFor('regression', {})),
    binary: metricOf('binary', goal, tableFor('binary', {})),
  };

  test.each(FEATURE_MOVES)(
    'a feature of %s is worth as much as its centred and scaled copy',
    async (_, feature) => {
      for (const task of ['regression', 'binary'] as const) {
        const moved = await metricOf(task, goal, tableFor(task, { feature }));
        expect(Math.abs(moved - (await usual[task])), task).toBeLessThan(0.003);
      }
    },
  );

  test.each(TARGET_MOVES)(
    'a target of %s is predicted as well as its centred and scaled copy',
    async (_, target) => {
      const moved = await metricOf('regression', goal, tableFor('regression', { target }));
      expect(moved).toBeGreaterThan(0.8);
      expect(Math.abs(moved - (await usual.regression))).toBeLessThan(0.003);
    },
  );
});
