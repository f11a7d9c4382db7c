import type { AdditiveModel, LinearTerm, Tree } from '../../train/index.ts';
import { rebuildTree } from '../trees/rebuild-tree.ts';

/**
 * Takes out what cannot change an answer: splits whose leaves are all equal, trees of a single leaf (their score
 * goes to the base), linear terms and parts without weight.
 */
export function dropIdleParts(model: AdditiveModel): AdditiveModel {
  const base = [...model.base];
  const trees: Tree[] = [];
  for (const tree of model.trees) {
    const slim = rebuildTree(tree, (node) => commonLeafValue(tree, node));
    if (slim.feature[0]! < 0) base[slim.output]! += slim.value[0]!;
    else trees.push(slim);
  }
  return {
    ...model,
    base,
    trees,
    linear: model.linear.filter(hasWeight),
    parts: model.parts.filter(({ weight }) => weight !== 0),
  };
}

/** The value of every leaf below `node`, if it is one and the same. */
function commonLeafValue(tree: Tree, node: number): number | undefined {
  if (tree.feature[node]! < 0) return tree.value[node]!;
  const left = commonLeafValue(tree, tree.left[node]!);
  return left !== undefined && left === commonLeafValue(tree, tree.right[node]!) ? left : undefined;
}

function hasWeight(term: LinearTerm): boolean {
  const weights = term.kind === 'number' ? term.weights : term.weights.flat();
  return [...weights, ...term.missingWeights].some((weight) => weight !== 0);
}
