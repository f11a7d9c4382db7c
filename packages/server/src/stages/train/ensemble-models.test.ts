import { describe, expect, test } from 'vitest';
import { sampleData, thirds } from '../../testing/sample-training.ts';
import { averageModels, ensembleModels, scaleModel } from './ensemble-models.ts';
import { LEARNERS, type LearnerId } from './learners/index.ts';
import type { AdditiveModel } from './model.ts';
import { rawScores } from './predict.ts';
import { roundModel } from './round-model.ts';

const TASKS = ['binary', 'multiclass', 'regression'] as const;

function fitted(task: (typeof TASKS)[number], learner: LearnerId, seed: number): AdditiveModel {
  const data = sampleData(task, 600, seed);
  const { defaults, fit } = LEARNERS[learner];
  const params = { ...defaults, ...(learner === 'boosted-trees' ? { rounds: 5 } : {}) };
  return fit(data, params, { ...thirds(600), seed, shouldStop: () => false }).model;
}

describe.each(TASKS)('models for %s', (task) => {
  const { features } = sampleData(task, 300, 9);
  const models = [fitted(task, 'linear', 1), fitted(task, 'linear', 2), fitted(task, 'boosted-trees', 3)];

  test('a blend scores what its members score, weighted, for missing values and categories too', () => {
    const weights = [0.5, 0.2, 0.3];
    const scores = models.map((model) => rawScores(model, features));
    rawScores(ensembleModels(models, weights), features).forEach((score, i) => {
      expect(score).toBeCloseTo(
        weights.reduce((sum, weight, m) => sum + weight * scores[m]![i]!, 0),
        9,
      );
    });
  });

  test('linear parts become one term a feature, however many are blended', () => {
    const { linear } = averageModels(models);
    expect(new Set(linear.map((term) => term.feature)).size).toBe(linear.length);
  });

  test('scaling and shifting acts on the margins', () => {
    const model = averageModels(models);
    const shift = model.base.map((_, k) => k + 1);
    const before = rawScores(model, features);
    rawScores(scaleModel(model, 1.5, shift), features).forEach((score, i) => {
      expect(score).toBeCloseTo(1.5 * before[i]! + shift[i % model.outputs]!, 9);
    });
  });

  test('rounding to float32 changes scores by no more than float32 does', () => {
    const model = averageModels(models);
    const before = rawScores(model, features);
    const rounded = roundModel(model);
    for (const value of rounded.trees.flatMap((tree) => tree.value)) expect(Math.fround(value)).toBe(value);
    rawScores(rounded, features).forEach((score, i) => {
      expect(Math.abs(score - before[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(before[i]!)));
    });
  });
});

test('models that answer in different units are refused', () => {
  const binary = fitted('binary', 'linear', 1);
  expect(() => ensembleModels([binary, { ...binary, link: 'identity' }], [0.5, 0.5])).toThrow(RangeError);
  expect(() => ensembleModels([], [])).toThrow(RangeError);
});
