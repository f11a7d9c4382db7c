import { describe, expect, test } from 'vitest';
import { matrixOf, sampleData, thirds } from '../../../../testing/sample-training.ts';
import { rawScores } from '../../predict.ts';
import type { LearnerData } from '../learner.ts';
import { binFeatures } from './bin-features.ts';
import { binsOf } from './binned-feature.ts';
import { boost } from './boost.ts';
import { BOOSTED_TREES_DEFAULTS } from './params.ts';

/** The sample data with its category taken apart into one column for each level, two of them missing now and then. */
function oneHot(task: LearnerData['task']): LearnerData {
  const data = sampleData(task, 1500);
  const [a, b, category] = data.features.columns as [Float32Array, Float32Array, Float32Array];
  const indicators = [0, 1, 2, 3, 4, 5].map((code) =>
    category.map((value, row) => (value !== code ? 0 : row % 7 === 0 ? Number.NaN : 1)),
  );
  const features = matrixOf([a, ...indicators, b]);
  return { ...data, features, binned: binFeatures(features) };
}

test('the columns of a one-hot encoding become one', () => {
  const { columns } = oneHot('binary').binned;
  expect(columns.map(({ features }) => features)).toEqual([[0], [7], [1, 2, 3, 4, 5, 6]]);
});

test('a feature that shares a column has the bins that it would have in one of its own', () => {
  const data = oneHot('binary');
  const apart = binFeatures(data.features, 255, { bundling: false });
  data.features.columns.forEach((_, f) => {
    expect(binsOf(data.binned, f)).toEqual(binsOf(apart, f));
  });
});

test('columns that ever differ from the usual together are kept apart', () => {
  const rare = Array.from({ length: 100 }, (_, row) => (row % 10 === 0 ? 1 : 0));
  const { columns } = binFeatures(matrixOf([rare, rare.with(1, 1)]));
  expect(columns.map(({ features }) => features)).toEqual([[0], [1]]);
});

describe.each(['binary', 'multiclass', 'regression'] as const)('for %s', (task) => {
  test.each([1, 0.6])(
    'trees are the same with bundles and without, on a share of %d of the features',
    (featureFraction) => {
      const data = oneHot(task);
      const params = { ...BOOSTED_TREES_DEFAULTS, rounds: 8, featureFraction };
      const fit = (binned: LearnerData['binned']) =>
        boost({ ...data, binned }, params, { ...thirds(1500), seed: 1, shouldStop: () => false }).model;
      const expected = rawScores(fit(binFeatures(data.features, 255, { bundling: false })), data.features);
      rawScores(fit(data.binned), data.features).forEach((score, i) => {
        expect(score).toBeCloseTo(expected[i]!, 6);
      });
    },
  );
});
