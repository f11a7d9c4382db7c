import { expect, test } from 'vitest';
import { randomFeatures, randomModel } from '../../../testing/random-model.ts';
import type { Tree } from '../../train/index.ts';
import { gaussLegendre } from './gauss-legendre.ts';
import { compileTreeShap } from './tree-shap.ts';

const LEVELS = [0, 0, 0, 4, 0, 70];

test.each([1, 2, 3, 4])(
  'values are the Shapley values of the conditional expectations, by their definition (%i)',
  (seed) => {
    const shape = { seed, levels: LEVELS, trees: 6, depth: 5, outputs: 2, linearTerms: false };
    const { trees } = randomModel({ ...shape, link: 'softmax' });
    const uneven = trees.map((tree) => ({ ...tree, cover: unevenCover(tree) }));
    const shap = compileTreeShap(uneven, 2, LEVELS.length);
    const { columns } = randomFeatures(LEVELS, 20, seed);
    for (let at = 0; at < 20; at++) {
      const row = Float32Array.from(columns, (column) => column[at]!);
      const found = shap.explain(row);
      for (let output = 0; output < 2; output++) {
        const own = uneven.filter((tree) => tree.output === output);
        for (let feature = 0; feature < LEVELS.length; feature++) {
          const defined = shapley(own, row, feature, LEVELS.length);
          expect(found[output * LEVELS.length + feature]).toBeCloseTo(defined, 10);
        }
      }
    }
  },
);

test('values and expectation sum to the score, however deep the trees', () => {
  const levels = [0, 0, 0, 5];
  const { trees } = randomModel({
    seed: 9,
    levels,
    trees: 20,
    depth: 12,
    link: 'identity',
    outputs: 1,
    linearTerms: false,
  });
  const shap = compileTreeShap(trees, 1, levels.length);
  const { columns } = randomFeatures(levels, 50, 4);
  for (let at = 0; at < 50; at++) {
    const row = Float32Array.from(columns, (column) => column[at]!);
    const sum = shap.explain(row).reduce((total, value) => total + value, shap.expected[0]!);
    expect(sum).toBeCloseTo(
      trees.reduce((total, tree) => total + expectation(tree, row, ALL), 0),
      9,
    );
  }
});

test('a tree without splits and a model without trees explain nothing', () => {
  const leaf: Tree = {
    output: 0,
    feature: [-1],
    threshold: [0],
    categories: [null],
    left: [-1],
    right: [-1],
    missingLeft: [0],
    value: [1.5],
    cover: [10],
  };
  const shap = compileTreeShap([leaf], 1, 3);
  expect([...shap.explain(new Float32Array(3))]).toEqual([0, 0, 0]);
  expect([...shap.expected]).toEqual([1.5]);
  expect([...compileTreeShap([], 2, 1).explain(new Float32Array(1))]).toEqual([0, 0]);
});

test('a branch that no training row took does no harm', () => {
  const tree: Tree = {
    output: 0,
    feature: [0, -1, -1],
    threshold: [0, 0, 0],
    categories: [null, null, null],
    left: [1, -1, -1],
    right: [2, -1, -1],
    missingLeft: [1, 0, 0],
    value: [0, 1, 5],
    cover: [10, 10, 0],
  };
  const [value] = compileTreeShap([tree], 1, 1).explain(Float32Array.of(3));
  expect(value).toBeCloseTo(4, 6);
});

test.each([1, 2, 3, 8, 20])('the rule of %i points integrates polynomials exactly', (count) => {
  const { points, weights } = gaussLegendre(count);
  for (let degree = 0; degree < 2 * count; degree++) {
    const integral = points.reduce((sum, point, i) => sum + weights[i]! * point ** degree, 0);
    expect(integral).toBeCloseTo(1 / (degree + 1), 12);
  }
});

const ALL = () => true;

/** By the definition: over all sets of other features, weighted as orders of arrival are. */
function shapley(trees: readonly Tree[], row: Float32Array, feature: number, features: number): number {
  let total = 0;
  for (let set = 0; set < 2 ** features; set++) {
    if (set & (1 << feature)) continue;
    const known = (asked: number) => (set & (1 << asked)) !== 0;
    const size = [...Array(features).keys()].filter(known).length;
    const weight = (factorial(size) * factorial(features - size - 1)) / factorial(features);
    for (const tree of trees) {
      const without = expectation(tree, row, known);
      total += weight * (expectation(tree, row, (asked) => asked === feature || known(asked)) - without);
    }
  }
  return total;
}

/** The mean score when only some features are known: the others go both ways, by cover. */
function expectation(tree: Tree, row: Float32Array, known: (feature: number) => boolean, node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node]!;
  const left = tree.left[node]!;
  const right = tree.right[node]!;
  const below = (child: number) => expectation(tree, row, known, child);
  if (known(feature)) return below(goesLeft(tree, node, row[feature]!) ? left : right);
  const covered = tree.cover[left]! + tree.cover[right]!;
  return (tree.cover[left]! * below(left) + tree.cover[right]! * below(right)) / covered;
}

function goesLeft(tree: Tree, node: number, x: number): boolean {
  if (Number.isNaN(x)) return tree.missingLeft[node] === 1;
  return tree.categories[node]?.includes(x) ?? x <= tree.threshold[node]!;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Rows by node as if they had gone left and right unevenly. */
function unevenCover(tree: Tree): number[] {
  const cover = new Array<number>(tree.feature.length).fill(0);
  const spread = (node: number, rows: number) => {
    cover[node] = rows;
    if (tree.feature[node]! < 0) return;
    const share = ((node * 7 + 3) % 10) / 11 + 0.05;
    spread(tree.left[node]!, rows * share);
    spread(tree.right[node]!, rows * (1 - share));
  };
  spread(0, 1000);
  return cover;
}
