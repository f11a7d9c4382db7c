import type { Random } from '../../../../kernel/index.ts';
import { type BinnedFeature, binCount } from './binned-feature.ts';
import { gainOfScore, type LeafBounds, leafGain, leafScore, type NodeSums } from './leaf-score.ts';
import type { TreeParams } from './params.ts';
import type { Split } from './split.ts';

type CategoryFeature = Extract<BinnedFeature, { kind: 'category' }>;

/** Numbers of a bin, side by side: gradient, hessian, rows. */
export const BIN_WIDTH = 3;

/** A node as a search sees it: its sums, its gain when not split, and what bounds the scores of its children. */
export type SearchedNode = NodeSums & { gain: number; bounds: LeafBounds | null };

type Best = { score: number; bins: number[]; left: NodeSums; l2: number };

/**
 * The best set of categories to part from the rest; missing is a category like others. With few categories one is
 * parted at a time; with more they are sorted by gradient over hessian and the ends of that order are tried, which
 * holds the best of all sets (Fisher 1958; LightGBM's rule with its guards against overfitting).
 */
export function splitCategory(
  f: number,
  feature: CategoryFeature,
  histogram: Float64Array,
  node: SearchedNode,
  params: TreeParams,
  random: Random,
): Split | null {
  const present: number[] = [];
  for (let bin = 0; bin < binCount(feature); bin++) {
    if (histogram[bin * BIN_WIDTH + 2]! > 0) present.push(bin);
  }
  if (present.length < 2) return null;
  const parent = node.gain;
  const best: Best = {
    score: parent + params.minGain,
    bins: [],
    left: { gradient: 0, hessian: 0, rows: 0 },
    l2: 0,
  };
  if (present.length <= params.maxOneHot) tryEachAlone(best, present, histogram, node, params, random);
  else trySortedEnds(best, present, histogram, node, params, random);
  if (best.bins.length === 0 || !(best.score > parent)) return null;
  const { bins: leftBins, left } = withSmallerListed(best, present, node);
  // Where the feature never was missing in training, a missing value met later goes with the larger side.
  const missingLeft = feature.hasMissing ? leftBins.includes(feature.valueBins) : left.rows * 2 > node.rows;
  return {
    kind: 'category',
    feature: f,
    gain: best.score - parent,
    leftBins,
    missingLeft,
    l2: best.l2,
  };
}

function sumsOf(histogram: Float64Array, bin: number): NodeSums {
  const at = bin * BIN_WIDTH;
  return { gradient: histogram[at]!, hessian: histogram[at + 1]!, rows: histogram[at + 2]! };
}

function tryEachAlone(
  best: Best,
  present: number[],
  histogram: Float64Array,
  node: SearchedNode,
  params: TreeParams,
  random: Random,
): void {
  const candidates = params.extraTrees ? [present[Math.floor(random() * present.length)]!] : present;
  for (const bin of candidates) {
    const left = sumsOf(histogram, bin);
    consider(best, [bin], left, node, params, params.l2);
  }
}

function trySortedEnds(
  best: Best,
  present: number[],
  histogram: Float64Array,
  node: SearchedNode,
  params: TreeParams,
  random: Random,
): void {
  const smoothing = params.categorySmoothing;
  const order = present
    .filter((bin) => histogram[bin * BIN_WIDTH + 2]! >= smoothing)
    .map((bin) => {
      const { gradient, hessian } = sumsOf(histogram, bin);
      return { bin, rank: gradient / (hessian + smoothing) };
    })
    .sort((a, b) => a.rank - b.rank || a.bin - b.bin)
    .map(({ bin }) => bin);
  const most = Math.min(params.maxCategoriesInSplit, (order.length + 1) >> 1);
  const only = params.extraTrees ? 1 + Math.floor(random() * most) : 0;
  for (const bins of [order, order.toReversed()])
    tryPrefixes(best, bins, most, only, histogram, node, params);
}

/** Grows the listed side along `order`; with `only` set, the prefix of that length alone is a candidate. */
function tryPrefixes(
  best: Best,
  order: number[],
  most: number,
  only: number,
  histogram: Float64Array,
  node: SearchedNode,
  params: TreeParams,
): void {
  const left: NodeSums = { gradient: 0, hessian: 0, rows: 0 };
  let rowsInGroup = 0;
  for (let i = 0; i < Math.min(most, order.length); i++) {
    const at = order[i]! * BIN_WIDTH;
    left.gradient += histogram[at]!;
    left.hessian += histogram[at + 1]!;
    left.rows += histogram[at + 2]!;
    rowsInGroup += histogram[at + 2]!;
    if (node.rows - left.rows < params.minRowsInCategoryGroup) return;
    if (rowsInGroup < params.minRowsInCategoryGroup || (only > 0 && i + 1 !== only)) continue;
    if (consider(best, order, left, node, params, params.l2 + params.categoryL2, i + 1)) rowsInGroup = 0;
  }
}

/** Whether the candidate was allowed; keeps it when it is the best. */
function consider(
  best: Best,
  bins: number[],
  left: NodeSums,
  node: SearchedNode,
  params: TreeParams,
  l2: number,
  take = bins.length,
): boolean {
  const hessian = node.hessian - left.hessian;
  const rows = node.rows - left.rows;
  if (left.rows < params.minRowsInLeaf || rows < params.minRowsInLeaf) return false;
  if (left.hessian < params.minHessianInLeaf || hessian < params.minHessianInLeaf) return false;
  const right = { gradient: node.gradient - left.gradient, hessian, rows };
  const score = gainOf(left, node, params, l2) + gainOf(right, node, params, l2);
  if (score > best.score) {
    best.score = score;
    best.bins = bins.slice(0, take);
    best.left = { ...left };
    best.l2 = l2;
  }
  return true;
}

function gainOf(sums: NodeSums, { bounds }: SearchedNode, params: TreeParams, l2: number): number {
  if (!bounds) return leafGain(sums, params.l1, l2);
  return gainOfScore(sums, leafScore(sums, params, bounds, l2), params.l1, l2);
}

/** Lists the side with fewer rows, so that a category met later goes with the larger one. */
function withSmallerListed(
  { bins, left }: Best,
  present: number[],
  node: NodeSums,
): Pick<Best, 'bins' | 'left'> {
  if (left.rows * 2 <= node.rows) return { bins, left };
  const others = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    rows: node.rows - left.rows,
  };
  return { bins: present.filter((bin) => !bins.includes(bin)), left: others };
}
