import { expect, test } from 'vitest';
import { timeAllowance } from '../../../kernel/index.ts';
import { sampleData } from '../../../testing/sample-training.ts';
import type { Table } from '../../ingest/index.ts';
import { encodeFeatures, type FeatureMatrix, type Preparation } from '../../prepare/index.ts';
import { LEARNERS, predictAdditive, type TrainingData } from '../../train/index.ts';
import { explainModel } from './explain-model.ts';

test.each(['binary', 'multiclass', 'regression'] as const)(
  'what a %s model relies on is found, and what means nothing is found to mean nothing',
  (task) => {
    const { request, names } = fitted(task);
    const { importance, attribution, dependence } = explainModel(request);
    expect(importance.columns.map(({ column }) => column).sort()).toEqual([...names].sort());
    expect(importance.columns.at(-1)!.column).toBe('noise');
    expect(attribution.columns.at(-1)!.column).toBe('noise');
    expect(importance.columns[0]!.rise).toBeGreaterThan(10 * Math.abs(importance.columns[3]!.rise));
    expect(dependence.outputs).toEqual(
      { binary: ['c1'], multiclass: ['c0', 'c1', 'c2'], regression: ['y'] }[task],
    );
  },
);

test('the answer depends on a column as the rows were made', () => {
  const { dependence } = explainModel(fitted('regression').request);
  const numbers = dependence.columns.find(({ column }) => column === 'a')!.points;
  expect(numbers.at(-1)!.mean[0]!).toBeGreaterThan(numbers[0]!.mean[0]! + 6);
  const words = dependence.columns.find(({ column }) => column === 'word')!.points;
  const answer = (value: string) => words.find((point) => point.value === value)!.mean[0]!;
  expect(answer('w0')).toBeGreaterThan(answer('w4') + 6);
  expect(words).toHaveLength(6);
  for (const { mean, low, high } of words) {
    expect(low).toBeLessThan(mean[0]!);
    expect(high).toBeGreaterThan(mean[0]!);
  }
});

test('to try values of one column, only what is made of it is encoded again', () => {
  const { request } = fitted('regression');
  const seen: Float32Array[][] = [];
  explainModel({
    ...request,
    predict: (features) => {
      if (features.rows === 300) seen.push(features.columns);
      return request.predict(features);
    },
  });
  const [first, ...others] = seen;
  expect(others.length).toBeGreaterThan(20);
  for (const columns of others)
    expect(columns.filter((values, f) => values !== first![f]).length).toBeLessThan(3);
});

test('the same request gets the same explanation', () => {
  const { request } = fitted('binary');
  expect(explainModel(request)).toEqual(explainModel(request));
});

test('where time is short fewer rows are taken, and where none passes all are', () => {
  const { request } = fitted('binary');
  let milliseconds = 0;
  const clock = { now: () => 0, monotonic: () => milliseconds };
  const predict = (features: FeatureMatrix) => {
    milliseconds += features.rows; // a millisecond a row
    return request.predict(features);
  };
  const inTime = (seconds: number) =>
    explainModel({ ...request, predict, time: timeAllowance(clock, seconds) });
  const short = inTime(0.3);
  expect(short.importance).toMatchObject({ rows: 50, shuffles: 1 });
  expect(short.attribution.rows).toBe(5);
  expect(short.dependence.rows).toBe(30);
  milliseconds = 0;
  const some = inTime(10);
  expect(some.importance.rows * some.importance.shuffles).toBeGreaterThan(100);
  expect(milliseconds).toBeLessThan(10_500);
  const time = timeAllowance({ now: () => 0, monotonic: () => 0 }, 1);
  expect(explainModel({ ...request, time })).toEqual(explainModel(request));
});

/** A model of the sample rows, and other rows as a raw table. */
function fitted(task: TrainingData['task']) {
  const data = sampleData(task, 900);
  const others = sampleData(task, 900, 7);
  const all = Int32Array.from({ length: 900 }, (_, row) => row);
  const params = { ...LEARNERS['boosted-trees'].defaults, rounds: 60 };
  const context = { rows: all, validation: new Int32Array(), seed: 1, shouldStop: () => false };
  const { model } = LEARNERS['boosted-trees'].fit(data, params, context);
  const [a, b, codes, noise] = others.features.columns;
  const table: Table = {
    rows: 900,
    columns: [
      { name: 'a', type: 'number', values: Float64Array.from(a!) },
      { name: 'b', type: 'number', values: Float64Array.from(b!) },
      { name: 'word', type: 'string', codes: Int32Array.from(codes!), dictionary: WORDS },
      { name: 'noise', type: 'number', values: Float64Array.from(noise!) },
    ],
  };
  const preparation: Preparation = {
    task,
    target: 'y',
    classes: { binary: ['c0', 'c1'], multiclass: ['c0', 'c1', 'c2'], regression: [] }[task],
    inputs: [],
    features: [
      { kind: 'number', name: 'a', column: 'a' },
      { kind: 'number', name: 'b', column: 'b' },
      { kind: 'category', name: 'word', column: 'word', levels: WORDS.slice(0, 5) },
      { kind: 'number', name: 'noise', column: 'noise' },
    ],
    dropped: [],
    leakage: [],
  };
  const request = {
    preparation,
    model,
    table,
    target: others.target,
    reference: encodeFeatures(preparation, table, Int32Array.of(1, 2, 3, 4, 5)),
    predict: (features: Parameters<typeof predictAdditive>[1]) => predictAdditive(model, features),
    seed: 1,
  };
  return { request, names: table.columns.map(({ name }) => name) };
}

const WORDS = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'];
