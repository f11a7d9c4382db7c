import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import { matrixOf, sampleData, thirds } from '../../../../testing/sample-training.ts';
import type { TrainingData } from '../../model.ts';
import { predictAdditive, rawScores } from '../../predict.ts';
import type { FitContext, LearnerData } from '../learner.ts';
import { binFeatures } from './bin-features.ts';
import { boost } from './boost.ts';
import { BOOSTED_TREES_DEFAULTS, type BoostedTreesParams } from './params.ts';

function fit(data: LearnerData, params: Partial<BoostedTreesParams>, context: Partial<FitContext> = {}) {
  const split = { rows: Int32Array.from(data.target.keys()), validation: new Int32Array(0) };
  const all = { ...BOOSTED_TREES_DEFAULTS, rounds: 20, minRowsInLeaf: 5, ...params };
  return boost(data, all, { ...split, seed: 3, shouldStop: () => false, ...context });
}

function dataOf(task: TrainingData['task'], columns: number[][], target: number[], levels = {}): LearnerData {
  const features = matrixOf(columns, levels);
  const classes = { binary: 2, multiclass: 3, regression: 0 }[task];
  return { task, classes, features, target: Float64Array.from(target), binned: binFeatures(features) };
}

describe('monotone constraints', () => {
  test.each([1, -1] as const)('hold for any data: sense %d', (sense) => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 0.5), (seed, maxDelta) => {
        const random = seededRandom(seed);
        const rows = 300;
        const columns = [0, 1].map(() => Array.from({ length: rows }, () => Math.round(random() * 20)));
        const target = Array.from(
          { length: rows },
          (_, i) => Math.sin(columns[0]![i]!) * columns[1]![i]! + random(),
        );
        const { model } = fit(dataOf('regression', columns, target), {
          monotoneConstraints: [sense],
          leaves: 15,
          maxDelta,
        });
        for (const other of [0, 7, 20]) {
          const xs = Array.from({ length: 21 }, (_, x) => x);
          const { values } = predictAdditive(model, matrixOf([xs, xs.map(() => other)]));
          for (let x = 1; x < xs.length; x++)
            expect(sense * (values[x]! - values[x - 1]!)).toBeGreaterThanOrEqual(-1e-9);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('change next to nothing where the data obeys anyway, but bound what does not', () => {
    const xs = Array.from({ length: 200 }, (_, i) => i % 40);
    const rising = dataOf('regression', [xs], xs);
    const free = predictAdditive(fit(rising, {}).model, rising.features).values;
    const bound = predictAdditive(fit(rising, { monotoneConstraints: [1] }).model, rising.features).values;
    bound.forEach((value, i) => {
      expect(value).toBeCloseTo(free[i]!, 1);
    });
    const against = fit(rising, { monotoneConstraints: [-1] }).model;
    expect(against.trees).toHaveLength(0);
  });

  test('are refused for a category, and for more features than there are', () => {
    const data = dataOf('regression', [[0, 1, 0, 1]], [1, 2, 3, 4], { 0: 2 });
    for (const monotoneConstraints of [[1], [0, 0]]) {
      expect(() => fit(data, { monotoneConstraints })).toThrow(
        expect.objectContaining({ code: 'train.params-invalid', path: 'params.monotoneConstraints' }),
      );
    }
  });
});

describe('objectives', () => {
  /** Rows of two groups with a spread that has a long tail. */
  const groups = Array.from({ length: 400 }, (_, i) => i % 2);
  const tail = groups.map((group, i) => group * 10 + ((i * 37) % 100) ** 2 / 100);
  const data = dataOf('regression', [groups], tail);
  /** Shares of a group's rows below a value, and up to it. */
  const sharesAt = (group: number, value: number) => {
    const own = tail.filter((_, i) => groups[i] === group);
    const share = (good: (y: number) => boolean) => own.filter(good).length / own.length;
    return { below: share((y) => y < value), upTo: share((y) => y <= value) };
  };
  const settled = { rounds: 60, learningRate: 0.3, l2: 0 };

  test.each([0.1, 0.5, 0.9])('a quantile is what it says: %d', (alpha) => {
    const { model } = fit(data, { ...settled, objective: 'quantile', alpha });
    const { values } = predictAdditive(model, matrixOf([[0, 1]]));
    for (const group of [0, 1]) {
      const { below, upTo } = sharesAt(group, values[group]!);
      expect(below).toBeLessThan(alpha + 0.02);
      expect(upTo).toBeGreaterThan(alpha - 0.02);
    }
  });

  test('the absolute error is answered by medians, and an outlier hardly moves them', () => {
    const wild = dataOf(
      'regression',
      [groups],
      tail.map((y, i) => (i === 1 ? 1e6 : y)),
    );
    const [calm, moved] = [data, wild].map(
      (one) =>
        predictAdditive(fit(one, { ...settled, objective: 'absolute-error' }).model, matrixOf([[1]]))
          .values[0]!,
    );
    // There are values 3 apart between which a median may lie; the mean would move by 5,000.
    expect(Math.abs(moved! - calm!)).toBeLessThan(3);
  });

  test.each(['poisson', 'gamma', 'tweedie'] as const)('%s answers means, never below nought', (objective) => {
    const { model } = fit(
      dataOf(
        'regression',
        [groups],
        tail.map((y) => y + 0.1),
      ),
      { ...settled, objective },
    );
    expect(model.link).toBe('exp');
    const { values } = predictAdditive(model, matrixOf([[0, 1]]));
    [0, 1].forEach((group) => {
      const own = tail.filter((_, i) => groups[i] === group);
      expect(values[group]).toBeCloseTo(own.reduce((sum, y) => sum + y + 0.1, 0) / own.length, 1);
    });
  });

  test('are refused for another task, and for targets that they have no loss for', () => {
    const negative = dataOf('regression', [[1, 2]], [-1, 2]);
    for (const [one, objective] of [
      [data, 'logistic'],
      [negative, 'poisson'],
      [negative, 'gamma'],
    ] as const) {
      expect(() => fit(one, { objective })).toThrow(
        expect.objectContaining({ code: 'train.params-invalid', path: 'params.objective' }),
      );
    }
  });
});

describe('weights of classes', () => {
  test.each(['binary', 'multiclass'] as const)('do what weights of rows would, for %s', (task) => {
    const data = sampleData(task, 600);
    const classWeights = [1, 3, 2].slice(0, data.classes);
    const weights = data.target.map((k) => classWeights[k]!);
    const params = { rounds: 8 };
    const byClass = fit(data, { ...params, classWeights }).model;
    expect(byClass).toEqual(fit({ ...data, weights }, params).model);
    if (task === 'binary') expect(fit(data, { ...params, scalePosWeight: 3 }).model).toEqual(byClass);
  });

  test('are refused when there are not as many as classes, or none at all', () => {
    const regression = sampleData('regression', 50);
    const binary = sampleData('binary', 50);
    expect(() => fit(binary, { classWeights: [1, 2, 3] })).toThrow(
      expect.objectContaining({ path: 'params.classWeights' }),
    );
    expect(() => fit(regression, { scalePosWeight: 2 })).toThrow(
      expect.objectContaining({ path: 'params.scalePosWeight' }),
    );
  });
});

describe('going on from a model', () => {
  test.each(['binary', 'multiclass', 'regression'] as const)(
    'keeps its trees and adds to them: %s',
    (task) => {
      const data = sampleData(task, 900);
      const split = thirds(900);
      const first = fit(data, { rounds: 5 }, split);
      const more = fit(data, { rounds: 5 }, { ...split, continueFrom: first.model });
      expect(more.model.trees.slice(0, first.model.trees.length)).toEqual(first.model.trees);
      expect(more.model.trees.length).toBeGreaterThan(first.model.trees.length);
      expect(more.curve.at(-1)).toBeLessThan(first.curve.at(-1)!);
      // As ten rounds at one go would have it, but for the rounding of margins.
      const whole = fit(data, { rounds: 10 }, split);
      const [a, b] = [more, whole].map(({ model }) => rawScores(model, data.features));
      a!.forEach((score, i) => {
        expect(score).toBeCloseTo(b![i]!, 3);
      });
    },
  );

  test('is refused when its link is another', () => {
    const data = sampleData('regression', 100);
    const { model } = fit(data, { rounds: 2 });
    const positive = { ...data, target: data.target.map(Math.abs) };
    expect(() => fit(positive, { objective: 'poisson' }, { continueFrom: model })).toThrow('link');
  });
});

describe('what holds leaves back', () => {
  const data = sampleData('regression', 600);
  const largestLeaf = (params: Partial<BoostedTreesParams>) =>
    Math.max(
      ...fit(data, { rounds: 3, learningRate: 1, ...params }).model.trees.flatMap((tree) =>
        tree.value.map(Math.abs),
      ),
    );

  test('no leaf is larger than maxDelta', () => {
    expect(largestLeaf({})).toBeGreaterThan(0.5);
    expect(largestLeaf({ maxDelta: 0.5 })).toBeLessThanOrEqual(0.5 + 1e-6);
  });

  test('path smoothing draws leaves together', () => {
    expect(largestLeaf({ pathSmoothing: 200 })).toBeLessThan(largestLeaf({}));
  });

  test('a high enough minGain leaves the mean', () => {
    expect(fit(data, { minGain: 1e9 }).model.trees).toHaveLength(0);
  });

  test('a share of the features by node keeps others out of a node, not out of the tree', () => {
    const used = new Set(
      fit(data, { featureFractionByNode: 0.25, rounds: 10 }).model.trees.flatMap((tree) => tree.feature),
    );
    expect(used.size).toBeGreaterThan(3);
  });
});
