import type { Forest, Splits } from '../model.ts';

/** What the trees say of a row on average, into `out[0 … outputs - 1]`. */
export function forestMeans({ trees }: Forest, x: ArrayLike<number>, out: Float64Array): void {
  out.fill(0);
  for (const tree of trees) {
    const says = tree.says[leafOf(tree, x)]!;
    for (let k = 0; k < out.length; k++) out[k]! += says[k]!;
  }
  for (let k = 0; k < out.length; k++) out[k]! /= trees.length;
}

/** The leaf that a row reaches. */
export function leafOf(tree: Splits, x: ArrayLike<number>): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const goes = goesLeft(tree, node, x[tree.feature[node]!]!);
    node = goes ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

function goesLeft(tree: Splits, node: number, x: number): boolean {
  if (Number.isNaN(x)) return tree.missingLeft[node] === 1;
  const categories = tree.categories[node];
  return categories ? categories.includes(x) : x <= tree.threshold[node]!;
}
