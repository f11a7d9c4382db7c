import type { Tree } from '../../train/index.ts';

/**
 * A copy of `tree` in which every split that `leafValue` gives a value for is a leaf of that value, and everything
 * below it is gone. Nodes are in preorder.
 */
export function rebuildTree(tree: Tree, leafValue: (node: number) => number | undefined): Tree {
  const copy: Tree = {
    output: tree.output,
    feature: [],
    threshold: [],
    categories: [],
    left: [],
    right: [],
    missingLeft: [],
    value: [],
    cover: [],
  };
  copyNode(tree, 0, copy, leafValue);
  return copy;
}

function copyNode(
  tree: Tree,
  node: number,
  copy: Tree,
  leafValue: (node: number) => number | undefined,
): number {
  const isSplit = tree.feature[node]! >= 0;
  const collapsed = isSplit ? leafValue(node) : undefined;
  const staysSplit = isSplit && collapsed === undefined;
  const at = copy.feature.length;
  copy.feature.push(staysSplit ? tree.feature[node]! : -1);
  copy.threshold.push(staysSplit ? tree.threshold[node]! : 0);
  copy.categories.push(staysSplit ? tree.categories[node]! : null);
  copy.missingLeft.push(staysSplit ? tree.missingLeft[node]! : 0);
  copy.value.push(collapsed ?? tree.value[node]!);
  copy.cover.push(tree.cover[node]!);
  copy.left.push(-1);
  copy.right.push(-1);
  if (staysSplit) {
    copy.left[at] = copyNode(tree, tree.left[node]!, copy, leafValue);
    copy.right[at] = copyNode(tree, tree.right[node]!, copy, leafValue);
  }
  return at;
}
