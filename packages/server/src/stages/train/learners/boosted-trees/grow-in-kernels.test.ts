import { expect, test } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import { matrixOf, sampleData } from '../../../../testing/sample-training.ts';
import type { LearnerData } from '../learner.ts';
import { binFeatures } from './bin-features.ts';
import { fitsKernels, growInKernels } from './grow-in-kernels.ts';
import { growByNodes } from './grow-tree.ts';
import { makeGrower } from './grower.ts';
import type { Seedbed } from './grown-tree.ts';
import { BOOSTED_TREES_DEFAULTS, type BoostedTreesParams } from './params.ts';

const ROWS = 1500;
const sample = sampleData('regression', ROWS);

/** The sample's numbers and category, and the category once more as one column for each level, which share a column of bins. */
function withIndicators(): LearnerData {
  const category = sample.features.columns[2]!;
  const indicators = [0, 1, 2, 3, 4, 5].map((code) =>
    category.map((value, row) => (value !== code ? 0 : row % 7 === 0 ? Number.NaN : 1)),
  );
  const features = matrixOf([...sample.features.columns, ...indicators], { 2: 6 });
  return { ...sample, features, binned: binFeatures(features) };
}

const data = withIndicators();

/** Trees of one fit, each from derivatives of its own, by the way of growing that is given. */
function growThree(
  params: Partial<BoostedTreesParams>,
  weights: Float64Array | undefined,
  grow: typeof growInKernels,
) {
  const grower = makeGrower(data.binned, {
    params: { ...BOOSTED_TREES_DEFAULTS, leaves: 24, minRowsInLeaf: 5, ...params },
    weights,
    outputs: 1,
    capacity: { rows: ROWS, riders: ROWS },
    random: seededRandom(7),
  });
  const { gradient, hessian } = grower.derivatives[0]!;
  const trees = [1, 3, 7].map((step) => {
    gradient.set(data.target.map((y, row) => Math.sin(step * row) - y));
    hessian.set(data.target.map((_, row) => 0.5 + ((row * step) % 5) / 10));
    const all = Array.from({ length: ROWS }, (_, row) => row);
    const seedbed: Seedbed = {
      output: 0,
      rows: Int32Array.from(all.filter((row) => row % 3 !== 0)),
      riders: Int32Array.from(all.filter((row) => row % 3 === 0)),
      features: Int32Array.from(data.binned.features.keys()),
    };
    expect(fitsKernels(grower, seedbed)).toBe(true);
    const { tree, leaves, gains, rows, riders } = grow(grower, seedbed);
    const stretches = leaves.map(({ node, begin, end, ridersBegin, ridersEnd }) => ({
      node,
      rows: [...rows.subarray(begin, end)],
      riders: [...riders.subarray(ridersBegin, ridersEnd)],
      bounds: grower.nodes.bounds(node),
    }));
    return { tree, gains, stretches };
  });
  grower.close();
  return trees;
}

const weights = Float64Array.from({ length: ROWS }, (_, row) => 1 + (row % 4) / 3);

test.each<[string, Partial<BoostedTreesParams>, Float64Array | undefined]>([
  ['as it is', {}, undefined],
  ['with penalties', { l1: 2, l2: 3, minGain: 0.5, minHessianInLeaf: 4 }, undefined],
  ['of few levels', { maxDepth: 3 }, undefined],
  ['with weights', {}, weights],
  ['with random cuts', { extraTrees: true }, undefined],
  ['with features drawn for each node', { featureFractionByNode: 0.5 }, undefined],
  [
    'with both, and categories one by one',
    { extraTrees: true, featureFractionByNode: 0.5, maxOneHot: 99 },
    weights,
  ],
  ['with a single leaf', { leaves: 1 }, undefined],
  ['where no row may be parted', { minRowsInLeaf: ROWS }, undefined],
])('a tree %s is the same to the bit, grown in the kernels and node by node', (_, params, given) => {
  expect(growThree(params, given, growInKernels)).toEqual(growThree(params, given, growByNodes));
});

test('the trees that are compared have splits on numbers, on categories and on features that share a column', () => {
  const trees = growThree({}, undefined, growInKernels).map(({ tree }) => tree);
  const used = new Set(trees.flatMap(({ feature }) => feature));
  expect([0, 1, 2].every((f) => used.has(f))).toBe(true);
  expect([...used].some((f) => data.binned.features[f]?.member)).toBe(true);
  expect(trees.some(({ missingLeft }) => missingLeft.includes(1))).toBe(true);
});

test('trees whose leaves are bounded are grown node by node', () => {
  const grower = makeGrower(data.binned, {
    params: { ...BOOSTED_TREES_DEFAULTS, maxDelta: 1 },
    weights: undefined,
    outputs: 1,
    capacity: { rows: ROWS, riders: 0 },
    random: seededRandom(1),
  });
  const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
  expect(
    fitsKernels(grower, { output: 0, rows, riders: new Int32Array(0), features: Int32Array.of(0) }),
  ).toBe(false);
  grower.close();
});
