import { describe, expect, test } from 'vitest';
import { matrixOf, rowsOf, sampleData, thirds } from '../../../../testing/sample-training.ts';
import { measure } from '../../metrics/index.ts';
import { applyLink, rawScores } from '../../predict.ts';
import { binFeatures } from '../boosted-trees/bin-features.ts';
import type { LearnerData } from '../learner.ts';
import { fitLinear } from './fit-linear.ts';
import { LINEAR_DEFAULTS } from './params.ts';

const NEVER = () => false;

function dataOf(
  task: LearnerData['task'],
  columns: number[][],
  target: number[],
  levels: Record<number, number> = {},
): LearnerData {
  const features = matrixOf(columns, levels);
  const classes = { binary: 2, multiclass: 3, regression: 0 }[task];
  return { task, classes, features, target: Float64Array.from(target), binned: binFeatures(features) };
}

function fitAll(data: LearnerData, l2: number) {
  const rows = Int32Array.from({ length: data.features.rows }, (_, row) => row);
  const context = { rows, validation: new Int32Array(0), seed: 1, shouldStop: NEVER };
  return fitLinear(data, { ...LINEAR_DEFAULTS, l2, maxSteps: 1000 }, context);
}

describe.each(['binary', 'multiclass', 'regression'] as const)('a linear model for %s', (task) => {
  const data = sampleData(task, 1500);
  const split = thirds(1500);

  test('reports the margins of its model for validation rows', () => {
    const { model, validationMargins } = fitLinear(data, LINEAR_DEFAULTS, {
      ...split,
      seed: 1,
      shouldStop: NEVER,
    });
    rawScores(model, rowsOf(data.features, split.validation)).forEach((score, i) => {
      expect(validationMargins[i]).toBeCloseTo(score, 4);
    });
  });

  test('learns the part that is linear, missing values and categories included', () => {
    const { model, validationMargins } = fitLinear(data, LINEAR_DEFAULTS, {
      ...split,
      seed: 1,
      shouldStop: NEVER,
    });
    const target = Float64Array.from(split.validation, (row) => data.target[row]!);
    const measured = measure(task, target, applyLink(model, validationMargins));
    if (task === 'regression') expect(measured.r2).toBeGreaterThan(0.8);
    else expect(measured['roc-auc']).toBeGreaterThan(0.85);
  });
});

/** Computed with scikit-learn 1.9.1 on the same standardised columns, its penalty being ours times the rows. */
const RIDGE = [
  0.464124, 4.614854, -4.839214, 3.921948, 3.002544, -0.918335, 4.38165, 7.153274, -3.453402, -0.227441,
];
const LOGISTIC = [
  0.436862, 0.705044, -0.263642, 1.733825, -1.188378, -0.72601, 3.194927, -0.920196, -2.321203, 0.177469,
];
const MULTINOMIAL = [
  0.345582, 0.360546, 0.293872, 0.146613, 0.391354, 0.462033, 0.731554, 0.194154, 0.074292, 0.068523,
  0.259299, 0.672178, 0.501023, 0.399623, 0.099354, 0.624218, 0.287199, 0.088583, 0.012782, 0.105353,
  0.881865, 0.264859, 0.5405, 0.194642, 0.875244, 0.115583, 0.009173, 0.429602, 0.346389, 0.224008,
];

describe('predictions agree with scikit-learn', () => {
  const x = [0.5, 1.5, -1, 2, 0, -0.5, 3, 1, -2, 0.2];
  const z = [1, 0, 2, 1, -1, 0.5, 2, -2, 0, 1];

  test('ridge', () => {
    const y = x.map((value, i) => 3 * value - 2 * z[i]! + (i % 3));
    const data = dataOf('regression', [x, z], y);
    const scores = rawScores(fitAll(data, 0.1).model, data.features);
    RIDGE.forEach((expected, i) => {
      expect(scores[i]).toBeCloseTo(expected, 2);
    });
  });

  test('logistic regression', () => {
    const y = [1, 1, 0, 1, 0, 0, 1, 0, 0, 1];
    const data = dataOf('binary', [x, z], y);
    const scores = rawScores(fitAll(data, 0.1).model, data.features);
    LOGISTIC.forEach((expected, i) => {
      expect(scores[i]).toBeCloseTo(expected, 2);
    });
  });

  test('multinomial regression, up to what all classes share', () => {
    const y = [1, 2, 0, 2, 0, 0, 2, 1, 0, 1];
    const data = dataOf('multiclass', [x, z], y);
    const { values } = applyLink(
      { link: 'softmax', outputs: 3 },
      rawScores(fitAll(data, 0.1).model, data.features),
    );
    MULTINOMIAL.forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 2);
    });
  });
});

test('a feature that never varies is left out, and one that is missing throughout changes nothing', () => {
  const data = dataOf(
    'regression',
    [
      [1, 1, 1, 1],
      [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      [1, 2, 3, 4],
    ],
    [2, 4, 6, 8],
  );
  const { model } = fitAll(data, 1e-6);
  expect(model.linear.map((term) => term.feature)).not.toContain(0);
  rawScores(model, data.features).forEach((score, i) => {
    expect(score).toBeCloseTo(2 * (i + 1), 2);
  });
});

test('with many useless features the validation rows ask for a strong penalty, with few useful ones for a weak one', () => {
  const noise = Array.from({ length: 60 }, (_, f) =>
    Array.from({ length: 90 }, (_, i) => Math.sin(1e4 * (f + 1) * (i + 1))),
  );
  const target = Array.from({ length: 90 }, (_, i) => (Math.sin(7919 * (i + 1)) > 0 ? 1 : 0));
  const strength = (columns: number[][], y: number[]) =>
    Number(
      fitLinear(dataOf('binary', columns, y), LINEAR_DEFAULTS, { ...thirds(90), seed: 1, shouldStop: NEVER })
        .settled.l2,
    );
  expect(strength(noise, target)).toBeGreaterThan(0.2);
  expect(
    strength(
      [noise[0]!],
      noise[0]!.map((value) => (value > 0 ? 1 : 0)),
    ),
  ).toBeLessThan(0.001);
});
