import { expect, test } from 'vitest';
import { matrixOf } from '../../testing/sample-training.ts';
import type { AdditiveModel } from './model.ts';
import { predictAdditive, rawScores } from './predict.ts';

/** x0 <= 0.5 goes left, missing left; on the right codes 1 and 3 of x1 go left, missing right. */
const MODEL: AdditiveModel = {
  link: 'logistic',
  outputs: 1,
  base: [0.25],
  trees: [
    {
      output: 0,
      feature: [0, -1, 1, -1, -1],
      threshold: [0.5, 0, 0, 0, 0],
      categories: [null, null, [1, 3], null, null],
      left: [1, -1, 3, -1, -1],
      right: [2, -1, 4, -1, -1],
      missingLeft: [1, 0, 0, 0, 0],
      value: [0, 1, 0, 10, 100],
      cover: [5, 2, 3, 2, 1],
    },
  ],
  linear: [
    { kind: 'number', feature: 0, center: 1, scale: 2, weights: [4], missingWeights: [-8] },
    { kind: 'category', feature: 1, weights: [[0.5], [0], [0], [0]], missingWeights: [7] },
  ],
  parts: [],
};

const FEATURES = matrixOf(
  [
    [0.5, 3, 3, Number.NaN, 3],
    [0, 3, 2, 1, Number.NaN],
  ],
  { 1: 4 },
);

test('a row is the base, its leaf of each tree and its linear terms', () => {
  expect([...rawScores(MODEL, FEATURES)]).toEqual([
    0.25 + 1 + (4 * -0.5) / 2 + 0.5,
    0.25 + 10 + 4,
    0.25 + 100 + 4,
    0.25 + 1 - 8,
    0.25 + 100 + 4 + 7,
  ]);
});

test('the link turns scores into what is predicted', () => {
  const score = 0.25 + 1 - 1 + 0.5;
  expect(predictAdditive(MODEL, FEATURES).values[0]).toBeCloseTo(1 / (1 + Math.exp(-score)), 12);
  expect(predictAdditive({ ...MODEL, link: 'identity' }, FEATURES).values[0]).toBe(score);
  expect(predictAdditive({ ...MODEL, link: 'exp' }, FEATURES).values[0]).toBeCloseTo(Math.exp(score), 12);
});

test('softmax probabilities sum to one and survive huge scores', () => {
  const model: AdditiveModel = {
    link: 'softmax',
    outputs: 3,
    base: [1000, 999, -1000],
    trees: [],
    linear: [],
    parts: [],
  };
  const { values, outputs } = predictAdditive(model, matrixOf([[1]]));
  expect(outputs).toBe(3);
  expect(values[0]! + values[1]! + values[2]!).toBeCloseTo(1, 12);
  expect(values[0]! / values[1]!).toBeCloseTo(Math.E, 9);
});
