import { describe, expect, test } from 'vitest';
import { matrixOf, rowsOf, sampleData, thirds } from '../../../../testing/sample-training.ts';
import { measure } from '../../metrics/index.ts';
import { applyLink, predictAdditive, rawScores } from '../../predict.ts';
import type { LearnerData } from '../learner.ts';
import { binFeatures } from './bin-features.ts';
import { type BinnedMatrix, columnPacker } from './binned-feature.ts';
import { boost } from './boost.ts';
import { CELL_STEP } from './kernels/kernel-layout.ts';
import { newKernelMemory, openArena } from './kernels/kernel-memory.ts';
import { BOOSTED_TREES_DEFAULTS, type BoostedTreesParams } from './params.ts';

const NEVER = () => false;
const NONE = new Int32Array(0);

function fit(
  data: LearnerData,
  params: Partial<BoostedTreesParams> = {},
  split = thirds(data.features.rows),
  seed = 7,
) {
  const all = { ...BOOSTED_TREES_DEFAULTS, ...params };
  return boost(data, all, { ...split, seed, shouldStop: NEVER });
}

/** A matrix with some rows of another, as often as they are listed. */
function repeatRows(matrix: BinnedMatrix, rows: Int32Array): BinnedMatrix {
  const memory = newKernelMemory();
  const packer = columnPacker(openArena(memory), rows.length);
  const columns = matrix.columns.map(({ at, ...column }) => {
    const cells = new Uint8Array(matrix.memory.buffer, at);
    return { ...column, at: packer.add(Uint8Array.from(rows, (row) => cells[row * CELL_STEP]!)) };
  });
  return { ...matrix, rows: rows.length, columns, memory };
}

function everyRow(data: LearnerData) {
  return { rows: Int32Array.from({ length: data.features.rows }, (_, row) => row), validation: NONE };
}

/** Regression on one column, learnt at once by a single tree. */
function oneTree(
  columns: number[][],
  target: number[],
  levels: Record<number, number>,
  params: Partial<BoostedTreesParams>,
) {
  const features = matrixOf(columns, levels);
  const data: LearnerData = {
    task: 'regression',
    classes: 0,
    features,
    target: Float64Array.from(target),
    binned: binFeatures(features),
  };
  return fit(data, { rounds: 1, learningRate: 1, minRowsInLeaf: 1, l2: 0, ...params }, everyRow(data));
}

describe.each(['binary', 'multiclass', 'regression'] as const)('boosting for %s', (task) => {
  const data = sampleData(task, 1500);
  const { validation } = thirds(1500);
  const target = Float64Array.from(validation, (row) => data.target[row]!);

  test('the margins it reports for validation rows are those of its model, so training and serving agree', () => {
    const { model, validationMargins } = fit(data, {
      rounds: 60,
      baggingFraction: 0.8,
      featureFraction: 0.7,
    });
    const scores = rawScores(model, rowsOf(data.features, validation));
    expect(model.trees.length).toBeGreaterThan(5);
    scores.forEach((score, i) => {
      expect(validationMargins[i]).toBeCloseTo(score, 9);
    });
  });

  test('it learns what there is to learn', () => {
    const { model, validationMargins } = fit(data, { learningRate: 0.15 });
    const measured = measure(task, target, applyLink(model, validationMargins));
    // The data's own noise bounds both: the true function has an AUC of 0.93 and an R² of 0.996 on these rows.
    if (task === 'regression') expect(measured.r2).toBeGreaterThan(0.98);
    else expect(measured['roc-auc']).toBeGreaterThan(0.9);
  });

  test('one seed gives one model, to the bit, and another seed another', () => {
    const params = { rounds: 10, baggingFraction: 0.7, featureFraction: 0.6, extraTrees: true };
    expect(fit(data, params)).toEqual(fit(data, params));
    expect(fit(data, params, thirds(1500), 8).model).not.toEqual(fit(data, params).model);
  });

  test('the model ends at the round with the lowest validation loss', () => {
    const { curve, settled, model } = fit(data, { learningRate: 0.3 });
    const best = curve.indexOf(Math.min(...curve)) + 1;
    expect(settled.rounds).toBe(best);
    expect(curve.length).toBeGreaterThan(best);
    expect(model.trees.length).toBe(best * model.outputs);
  });

  test('covers add up: every split has as many rows as its children, the root has all', () => {
    for (const tree of fit(data, { rounds: 5 }).model.trees) {
      expect(tree.cover[0]).toBe(1000);
      tree.feature.forEach((feature, node) => {
        if (feature >= 0)
          expect(tree.cover[node]).toBe(tree.cover[tree.left[node]!]! + tree.cover[tree.right[node]!]!);
      });
    }
  });

  test('integer weights do the same as repeated rows', () => {
    const small = sampleData(task, 400);
    const repeats = small.target.map((_, row) => 1 + (row % 3));
    const rows = Int32Array.from(
      Array.from(small.target.keys()).flatMap((row) => new Array<number>(repeats[row]!).fill(row)),
    );
    const features = rowsOf(small.features, rows);
    // The bins are those of the original rows, so that the two differ in nothing but weights.
    const binned = repeatRows(small.binned, rows);
    const repeated: LearnerData = {
      ...small,
      features,
      binned,
      target: Float64Array.from(rows, (row) => small.target[row]!),
    };
    const params = { rounds: 5, minRowsInLeaf: 1, minHessianInLeaf: 0.5, maxOneHot: 100 };
    const weighted = fit({ ...small, weights: repeats }, params, everyRow(small)).model;
    const copied = fit(repeated, params, everyRow(repeated)).model;
    const expected = rawScores(copied, small.features);
    rawScores(weighted, small.features).forEach((score, i) => {
      expect(score).toBeCloseTo(expected[i]!, 4);
    });
  });
});

describe('splits', () => {
  test('missing values go to the side that they resemble, whichever it is', () => {
    const column = [1, 2, 3, 4, 5, 6, Number.NaN, Number.NaN];
    const low = oneTree([column], [0, 0, 0, 9, 9, 9, 0, 0], {}, { leaves: 2 }).model;
    const high = oneTree([column], [0, 0, 0, 9, 9, 9, 9, 9], {}, { leaves: 2 }).model;
    const missing = matrixOf([[Number.NaN]]);
    expect(predictAdditive(low, missing).values[0]).toBeCloseTo(0, 6);
    expect(predictAdditive(high, missing).values[0]).toBeCloseTo(9, 6);
  });

  test('missing values can be parted from all others', () => {
    const column = [1, 2, 3, Number.NaN, Number.NaN, Number.NaN];
    const { model } = oneTree([column], [0, 0, 0, 5, 5, 5], {}, { leaves: 2 });
    expect([...predictAdditive(model, matrixOf([column])).values]).toEqual([0, 0, 0, 5, 5, 5]);
  });

  test('categories are gathered into sets that no order of their codes would part', () => {
    const codes = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((code) => new Array<number>(30).fill(code));
    const target = codes.map((code) => ([1, 4, 6].includes(code) ? 10 : 0));
    const { model } = oneTree(
      [codes],
      target,
      { 0: 8 },
      { leaves: 2, categoryL2: 0, minRowsInCategoryGroup: 1 },
    );
    expect(model.trees[0]!.categories[0]).toEqual([1, 4, 6]);
    predictAdditive(model, matrixOf([codes], { 0: 8 })).values.forEach((value, i) => {
      expect(value).toBeCloseTo(target[i]!, 6);
    });
  });

  test('a category never seen in training takes the unlisted side', () => {
    const codes = [0, 0, 0, 1, 1, 1, 1, 1];
    const { model } = oneTree([codes], [8, 8, 8, 0, 0, 0, 0, 0], { 0: 5 }, { leaves: 2 });
    expect(predictAdditive(model, matrixOf([[4]], { 0: 5 })).values[0]).toBeCloseTo(
      predictAdditive(model, matrixOf([[1]], { 0: 5 })).values[0]!,
      9,
    );
  });

  test('no leaf is smaller than the parameters allow', () => {
    const data = sampleData('binary', 500);
    const { model } = fit(data, { rounds: 5, minRowsInLeaf: 37 }, everyRow(data));
    const leaves = model.trees.flatMap((tree) => tree.cover.filter((_, node) => tree.feature[node]! < 0));
    expect(Math.min(...leaves)).toBeGreaterThanOrEqual(37);
  });

  test('trees have as many leaves and levels as the parameters allow, no more', () => {
    const data = sampleData('regression', 500);
    const { model } = fit(data, { rounds: 3, leaves: 6, minRowsInLeaf: 1 }, everyRow(data));
    for (const tree of model.trees) expect(tree.feature.filter((feature) => feature < 0)).toHaveLength(6);
    const shallow = fit(data, { rounds: 3, leaves: 31, maxDepth: 2, minRowsInLeaf: 1 }, everyRow(data)).model;
    for (const tree of shallow.trees)
      expect(tree.feature.filter((feature) => feature < 0).length).toBeLessThanOrEqual(4);
  });

  test('penalties shrink leaves, and enough of L1 leaves nothing', () => {
    const columns = [[0, 0, 0, 1, 1, 1]];
    const target = [-3, -3, -3, 3, 3, 3];
    const plain = oneTree(columns, target, {}, {}).model;
    const ridge = oneTree(columns, target, {}, { l2: 3 }).model;
    expect(predictAdditive(plain, matrixOf(columns)).values[5]).toBeCloseTo(3, 6);
    expect(predictAdditive(ridge, matrixOf(columns)).values[5]).toBeCloseTo(1.5, 6);
    expect(oneTree(columns, target, {}, { l1: 10 }).model.trees).toHaveLength(0);
  });
});

test('when time runs out the best so far is the model', () => {
  const data = sampleData('binary', 600);
  let rounds = 0;
  const stopAfterFour = () => rounds++ === 4;
  const cut = boost(data, BOOSTED_TREES_DEFAULTS, { ...thirds(600), seed: 7, shouldStop: stopAfterFour });
  expect(cut.cutShort).toBe(true);
  expect(cut.curve).toHaveLength(4);
  expect(cut.model.trees.length).toBe(fit(data, { rounds: 4 }).model.trees.length);
});

test('a target that no feature tells anything of is answered by its mean', () => {
  const { model } = oneTree([[1, 1, 1, 1]], [2, 4, 6, 8], {}, { rounds: 50 });
  expect(model.trees).toHaveLength(0);
  expect(model.base).toEqual([5]);
});
