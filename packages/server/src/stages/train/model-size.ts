import type { AdditiveModel, Part } from './model.ts';

/**
 * What one weight of a network counts in leaves, and one number that neighbours remember. A leaf is about 50 bytes of a
 * bundle and 2 ns of the time that one row takes in the flat engine; a weight is 5 bytes and 0.5 ns (with its share of the
 * activations), a remembered number 5 bytes and 1 ns.
 */
const LEAVES_OF_A_WEIGHT = 1 / 4;
const LEAVES_OF_A_REMEMBERED_NUMBER = 1 / 2;

/** What a model weighs and costs at every prediction, in leaves of trees. */
export function sizeInLeaves({ trees, parts }: Pick<AdditiveModel, 'trees' | 'parts'>): number {
  const ofTrees = trees.reduce((sum, tree) => sum + leavesOf(tree.feature.length), 0);
  return parts.reduce((sum, part) => sum + (SIZE[part.kind] as (part: Part) => number)(part), ofTrees);
}

const SIZE: { [K in Part['kind']]: (part: Extract<Part, { kind: K }>) => number } = {
  forest: ({ trees }) => trees.reduce((sum, tree) => sum + leavesOf(tree.feature.length), 0),
  network: ({ layers }) => LEAVES_OF_A_WEIGHT * layers.reduce((sum, { weights }) => sum + weights.length, 0),
  neighbours: ({ points }) => LEAVES_OF_A_REMEMBERED_NUMBER * points.length,
};

/** Of a binary tree with that many nodes. */
function leavesOf(nodes: number): number {
  return (nodes + 1) / 2;
}
