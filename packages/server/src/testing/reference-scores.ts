import type { AdditiveModel, LinearTerm, Tree } from '../stages/train/index.ts';

/**
 * Raw scores of one row, written straight from the definitions in train's model: slow and plain, for tests that hold
 * the fast forms to them.
 */
export function referenceScores(model: AdditiveModel, features: ArrayLike<number>): number[] {
  const scores = model.base.map(() => 0);
  for (const tree of model.trees) scores[tree.output]! += tree.value[referenceLeaf(tree, features)]!;
  for (const term of model.linear) {
    const contribution = referenceTerm(term, features[term.feature]!);
    for (const [k, value] of contribution.entries()) scores[k]! += value;
  }
  return scores.map((score, k) => score + model.base[k]!);
}

/** The leaf that a row reaches. */
export function referenceLeaf(tree: Tree, features: ArrayLike<number>): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const x = features[tree.feature[node]!]!;
    node = goesLeft(tree, node, x) ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

function goesLeft(tree: Tree, node: number, x: number): boolean {
  if (Number.isNaN(x)) return tree.missingLeft[node] === 1;
  const categories = tree.categories[node];
  return categories ? categories.includes(x) : x <= tree.threshold[node]!;
}

function referenceTerm(term: LinearTerm, x: number): number[] {
  if (Number.isNaN(x)) return term.missingWeights;
  if (term.kind === 'category') return term.weights[x]!;
  return term.weights.map((weight) => weight * ((x - term.center) / term.scale));
}
