import { describe, expect, it } from 'vitest';
import { encodeFeatures, encodeTarget, fitPreparation } from '../../stages/prepare/index.ts';
import { loadEngine } from '../../stages/serve/index.ts';
import { binFeatures, LEARNERS, type LearnerId, roundModel } from '../../stages/train/index.ts';
import { schemaOf, tableOf } from '../../testing/tables.ts';
import { additivePredictor } from './additive-predictor.ts';

const ROWS = 240;
const noise = (i: number, seed: number) => Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1;
const range = <T>(make: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => make(i));
const a = range((i) => noise(i, 1) * 10);
const b = range((i) => noise(i, 2) * 10);
const sums = range((i) => a[i]! - b[i]! + noise(i, 3));
const TARGETS = {
  regression: sums,
  binary: sums.map((sum) => (sum > 0 ? 'yes' : 'no')),
  multiclass: sums.map((sum) => (sum > 2 ? 'high' : sum > -2 ? 'middle' : 'low')),
};
const FEW: Partial<Record<LearnerId, Record<string, number>>> = {
  'random-forest': { trees: 8 },
  'extra-trees': { trees: 8 },
  network: { epochs: 5 },
  'boosted-trees': { rounds: 15 },
};
/** Those that compute with numbers; the others compare them, or look at none. */
const COMPUTING: readonly LearnerId[] = ['linear', 'network', 'neighbours'];

function engineFile(learner: LearnerId, task: keyof typeof TARGETS) {
  const table = tableOf({ a, b, y: TARGETS[task] });
  const trainRows = Int32Array.from({ length: ROWS }, (_, i) => i);
  const preparation = fitPreparation(table, schemaOf(table), { target: 'y', task, trainRows });
  const features = encodeFeatures(preparation, table);
  const classes = preparation.classes.length;
  const target = encodeTarget(preparation, table);
  const data = { features, target, task, classes, binned: binFeatures(features) };
  const context = {
    rows: trainRows.filter((row) => row % 4 > 0),
    validation: trainRows.filter((row) => row % 4 === 0),
    seed: 1,
    shouldStop: () => false,
  };
  const params = { ...LEARNERS[learner].defaults, ...FEW[learner] };
  const model = roundModel(LEARNERS[learner].fit(data, params, context).model);
  return { format: 3 as const, preparation, model, decision: { threshold: 0.5 } };
}

const CASES = (Object.keys(LEARNERS) as LearnerId[]).flatMap((learner) =>
  (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).map((task) => [learner, task] as const),
);

describe.each(CASES)('a model of %s for %s', (learner, task) => {
  const file = engineFile(learner, task);
  const engine = loadEngine(file);

  it.each([1e39, 1e50, -1e300, -3.5e38])('with %d', async (value) => {
    const rows = [
      { a: 1, b: 2 },
      { a: 3, b: value },
    ];
    const table = tableOf({ a: [1, 3], b: [2, value] });
    const batch = additivePredictor(file, false).predict(table, 40);
    if (COMPUTING.includes(learner)) {
      const failure = { code: 'predict.not-finite', path: 'rows[1].b', details: { columns: ['b'] } };
      expect(() => engine.predict(rows)).toThrow(
        expect.objectContaining({ ...failure, details: expect.objectContaining(failure.details) }),
      );
      await expect(batch).rejects.toMatchObject({
        code: 'predict.not-finite',
        path: 'rows[41].b',
        details: { row: 'row 42 of the file' },
      });
    } else {
      expectFinite(engine.predict(rows));
      expect((await batch).rows).toBe(2);
    }
  });

  it.each([1e-40, 1e-300, -5e-324, -0, 1e30, -3.4e38])('with %d has a result', (value) => {
    expectFinite(engine.predict([{ a: value, b: 2 }]));
  });
});

function expectFinite(predictions: ReturnType<ReturnType<typeof loadEngine>['predict']>): void {
  for (const { score, probabilities = {} } of predictions)
    expect([score, ...Object.values(probabilities)].every(Number.isFinite)).toBe(true);
}
