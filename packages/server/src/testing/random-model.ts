import { type Random, seededRandom } from '../kernel/index.ts';
import type { FeatureMatrix } from '../stages/prepare/index.ts';
import type { AdditiveModel, LinearTerm, Link, Part, Tree } from '../stages/train/index.ts';
import { randomPart } from './random-part.ts';

/** What sort of model {@link randomModel} makes. `levels[f]` is 0 for a numeric feature, else its number of codes. */
export type RandomModelShape = {
  seed: number;
  levels: number[];
  trees: number;
  depth: number;
  link: Link;
  outputs: number;
  linearTerms: boolean;
  /** Kinds of parts to add, one of each listed. */
  parts?: readonly Part['kind'][];
};

/** A model with random splits, thresholds among values that {@link randomFeatures} also draws, so that ties happen. */
export function randomModel(shape: RandomModelShape): AdditiveModel {
  const random = seededRandom(shape.seed);
  return {
    link: shape.link,
    outputs: shape.outputs,
    base: Array.from({ length: shape.outputs }, () => random() - 0.5),
    trees: Array.from({ length: shape.trees }, (_, index) =>
      randomTree(shape, index % shape.outputs, random),
    ),
    linear: shape.linearTerms
      ? shape.levels.map((levels, f) => randomTerm(f, levels, shape.outputs, random))
      : [],
    parts: (shape.parts ?? []).map((kind) => randomPart(kind, shape)),
  };
}

/** Rows over the same features: values from a small grid, from a wide range, infinite, minus zero, and missing. */
export function randomFeatures(levels: readonly number[], rows: number, seed: number): FeatureMatrix {
  const random = seededRandom(seed);
  const columns = levels.map((count) =>
    Float32Array.from({ length: rows }, () => (random() < 0.1 ? Number.NaN : randomValue(count, random))),
  );
  return { rows, columns, levels: Int32Array.from(levels) };
}

const SPECIAL = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38, 1e-40];

function randomValue(levels: number, random: Random): number {
  if (levels > 0) return Math.floor(random() * levels);
  if (random() < 0.1) return SPECIAL[Math.floor(random() * SPECIAL.length)]!;
  if (random() < 0.5) return Math.floor(random() * 9) / 4 - 1;
  return (random() - 0.5) * 10 ** Math.floor(random() * 6 - 3);
}

function randomTree(shape: RandomModelShape, output: number, random: Random): Tree {
  const tree: Tree = {
    output,
    feature: [],
    threshold: [],
    categories: [],
    left: [],
    right: [],
    missingLeft: [],
    value: [],
    cover: [],
  };
  growNode(tree, shape, shape.depth, random);
  return tree;
}

function growNode(tree: Tree, shape: RandomModelShape, depth: number, random: Random): number {
  const node = tree.feature.length;
  const isLeaf = depth === 0 || shape.levels.length === 0 || random() < 0.15;
  const feature = isLeaf ? -1 : Math.floor(random() * shape.levels.length);
  const levels = isLeaf ? 0 : shape.levels[feature]!;
  tree.feature.push(feature);
  tree.threshold.push(isLeaf || levels > 0 ? 0 : randomThreshold(random));
  tree.categories.push(levels > 0 ? randomCodes(levels, random) : null);
  tree.missingLeft.push(random() < 0.5 ? 1 : 0);
  tree.value.push(random() - 0.5);
  tree.cover.push(2 ** depth);
  tree.left.push(-1);
  tree.right.push(-1);
  if (isLeaf) return node;
  tree.left[node] = growNode(tree, shape, depth - 1, random);
  tree.right[node] = growNode(tree, shape, depth - 1, random);
  return node;
}

/** Now and then a double that no float32 equals, which must still split float32 values the same way everywhere. */
function randomThreshold(random: Random): number {
  const value = randomValue(0, random);
  return random() < 0.3 ? value * (1 + 1e-12) : Math.fround(value);
}

function randomCodes(levels: number, random: Random): number[] {
  return Array.from({ length: levels }, (_, code) => code).filter(() => random() < 0.4);
}

function randomTerm(feature: number, levels: number, outputs: number, random: Random): LinearTerm {
  const weights = () => Array.from({ length: outputs }, () => random() - 0.5);
  if (levels > 0) {
    return {
      kind: 'category',
      feature,
      weights: Array.from({ length: levels }, weights),
      missingWeights: weights(),
    };
  }
  const center = random() - 0.5;
  return {
    kind: 'number',
    feature,
    center,
    scale: 0.5 + random(),
    weights: weights(),
    missingWeights: weights(),
  };
}
