import type { Tree } from '../../model.ts';
import type { BinnedFeature } from './binned-feature.ts';
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
  tree.missingLeft[node] = split.missingLeft ? 1 : 0;
  if (split.kind === 'number' && feature.kind === 'number') {
    tree.threshold[node] = feature.thresholds[split.lastLeftBin]!;
  }
  if (split.kind === 'category' && feature.kind === 'category') {
    tree.categories[node] = leftCodes(feature.codes, split.leftBins);
  }
}

function leftCodes(codes: number[][], bins: number[]): number[] {
  return bins.flatMap((bin) => codes[bin] ?? []).sort((a, b) => a - b);
}
