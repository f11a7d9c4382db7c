import { type Random, seededRandom } from '../kernel/index.ts';
import type { Activation, DenseInputs, ForestTree, Part } from '../stages/train/index.ts';

type Shape = { seed: number; levels: readonly number[]; outputs: number };
type Frame = Pick<Part, 'weight' | 'features' | 'influence'>;

/** A part of the kind over features of the given levels (0 for a number), read in an order of its own. */
export function randomPart(kind: Part['kind'], shape: Shape): Part {
  const random = seededRandom(shape.seed ^ 0x5eed);
  const features = shape.levels.map((_, f) => f).toReversed();
  const frame = { weight: 0.25 + random(), features, influence: features.map(() => random()) };
  const own = { ...shape, levels: features.map((f) => shape.levels[f]!) };
  return MAKE[kind](frame, own, random);
}

const MAKE: Record<Part['kind'], (frame: Frame, shape: Shape, random: Random) => Part> = {
  forest: (frame, shape, random) => ({
    kind: 'forest',
    ...frame,
    floor: 0.001,
    trees: Array.from({ length: 6 }, () => forestTree(shape, random)),
  }),
  network(frame, { levels, outputs }, random) {
    const inputs = denseInputs(levels, random);
    const sizes = [widthOf(inputs), 8, 5, outputs];
    const activations: Activation[] = ['silu', 'relu', 'identity'];
    const layers = activations.map((activation, l) => ({
      activation,
      weights: numbers(sizes[l]! * sizes[l + 1]!, random),
      bias: numbers(sizes[l + 1]!, random),
    }));
    return { kind: 'network', ...frame, inputs, layers };
  },
  neighbours(frame, { levels, outputs }, random) {
    const inputs = denseInputs(levels, random);
    const rows = 30;
    return {
      kind: 'neighbours',
      ...frame,
      inputs,
      k: 5,
      points: numbers(rows * widthOf(inputs), random),
      says: Array.from({ length: rows }, () => shares(outputs, random)).flat(),
      prior: shares(outputs, random),
      priorWeight: 0.5,
      floor: 0.001,
    };
  },
};

function denseInputs(levels: readonly number[], random: Random): DenseInputs {
  const isNumber = (feature: number) => levels[feature] === 0;
  const all = levels.map((_, feature) => feature);
  return {
    numbers: all.filter(isNumber).map((feature) => ({
      feature,
      center: Math.fround(random() - 0.5),
      scale: Math.fround(0.5 + random()),
      flag: random() < 0.5,
    })),
    categories: all
      .filter((feature) => !isNumber(feature))
      .map((feature) => ({
        feature,
        rows: Array.from({ length: levels[feature]! + 1 }, () => numbers(2, random)),
      })),
  };
}

function widthOf({ numbers: list, categories }: DenseInputs): number {
  return list.length + list.filter(({ flag }) => flag).length + 2 * categories.length;
}

function numbers(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => Math.fround(random() - 0.5));
}

/** A share, or shares that sum to one. */
function shares(outputs: number, random: Random): number[] {
  const draws = Array.from({ length: outputs }, () => random());
  const total = outputs === 1 ? 1 : draws.reduce((sum, draw) => sum + draw, 0);
  return draws.map((draw) => Math.fround(draw / total));
}

function forestTree({ levels, outputs }: Shape, random: Random): ForestTree {
  const tree: ForestTree = {
    feature: [],
    threshold: [],
    categories: [],
    left: [],
    right: [],
    missingLeft: [],
    cover: [],
    says: [],
  };
  const grow = (depth: number): number => {
    const node = tree.feature.length;
    const isLeaf = depth === 0 || random() < 0.15;
    const feature = isLeaf ? -1 : Math.floor(random() * levels.length);
    const codes = isLeaf ? 0 : levels[feature]!;
    tree.feature.push(feature);
    tree.threshold.push(isLeaf || codes > 0 ? 0 : Math.floor(random() * 9) / 4 - 1);
    tree.categories.push(
      codes > 0 ? Array.from({ length: codes }, (_, c) => c).filter(() => random() < 0.4) : null,
    );
    tree.missingLeft.push(random() < 0.5 ? 1 : 0);
    tree.cover.push(2 ** depth);
    tree.says.push(isLeaf ? shares(outputs, random) : null);
    tree.left.push(-1);
    tree.right.push(-1);
    if (isLeaf) return node;
    tree.left[node] = grow(depth - 1);
    tree.right[node] = grow(depth - 1);
    return node;
  };
  grow(5);
  return tree;
}
