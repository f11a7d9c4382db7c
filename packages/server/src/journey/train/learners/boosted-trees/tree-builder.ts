import type { Tree } from '../../model.ts';
import type { BinnedFeature } from './bin-features.ts';
import type { Split } from './split.ts';

export function emptyTree(output: number): Tree {
  return {
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
}

/** Appends a leaf and returns its node number. */
export function addLeaf(tree: Tree, value: number, cover: number): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.categories.push(null);
  tree.left.push(-1);
  tree.right.push(-1);
  tree.missingLeft.push(0);
  tree.value.push(value);
  tree.cover.push(cover);
  return tree.feature.length - 1;
}

/** Makes a leaf a split with the two children; its value stays what it would be as a leaf. */
export function turnIntoSplit(
  tree: Tree,
  node: number,
  split: Split,
  feature: BinnedFeature,
  left: number,
  right: number,
): void {
  tree.feature[node] = split.feature;
  tree.left[node] = left;
  tree.right[node] = right;
  tree.missingLeft[node] = split.goesLeft[feature.valueBins]!;
  if (feature.kind === 'number') tree.threshold[node] = feature.thresholds[split.lastLeftBin]!;
  else tree.categories[node] = leftCodes(feature.codes, split.goesLeft);
}

function leftCodes(codes: number[][], goesLeft: Uint8Array): number[] {
  return codes.flatMap((members, bin) => (goesLeft[bin] ? members : [])).sort((a, b) => a - b);
}
