import type { Tree } from '../../model.ts';
import { buildHistogram, chooseColumns } from './build-histogram.ts';
import { findSplit } from './find-split.ts';
import type { Grower } from './grower.ts';
import { leafValue, type NodeSums } from './leaf-score.ts';
import type { BoostedTreesParams } from './params.ts';
import { sampleFeatures } from './sample.ts';
import { markBinsGoingLeft, type Split } from './split.ts';
import { addLeaf, emptyTree, turnIntoSplit } from './tree-builder.ts';

/** What one tree is grown from. */
export type Seedbed = {
  /** Index of the output whose derivatives, as the grower has them, the tree follows. */
  output: number;
  /** Rows the tree learns from. */
  rows: Int32Array;
  /** Rows that only want to know their leaf. */
  riders: Int32Array;
  features: Int32Array;
};

/** A tree's growing: its copies of rows and riders are reordered, so that each leaf has a stretch of both. */
type Ground = Seedbed & { packed: ReturnType<typeof chooseColumns> };

/** A node that may still be split: its stretches of rows and riders, and the best way to split it. */
type OpenNode = {
  node: number;
  depth: number;
  begin: number;
  end: number;
  ridersBegin: number;
  ridersEnd: number;
  sums: NodeSums;
  histogram: Float64Array | null;
  split: Split | null;
};

/** A leaf with its stretches of `rows` and `riders`. */
export type Leaf = Pick<OpenNode, 'node' | 'begin' | 'end' | 'ridersBegin' | 'ridersEnd'>;

/** Rows and riders are as the leaves' stretches part them; they are the grower's and good until its next tree. */
export type GrownTree = {
  tree: Tree;
  leaves: Leaf[];
  gains: { feature: number; gain: number }[];
  rows: Int32Array;
  riders: Int32Array;
};

/**
 * Grows a tree best-first: of all leaves, the one whose split lowers the loss most is split next. Only the smaller
 * child's histogram is built, the other is what is left of the parent's (Ke et al. 2017).
 */
export function growTree(grower: Grower, seedbed: Seedbed): GrownTree {
  const { params } = grower;
  const ground = breakGround(grower, seedbed);
  const tree = emptyTree(ground.output);
  const open = [plantRoot(grower, ground, tree)];
  const gains: GrownTree['gains'] = [];
  while (open.length < params.leaves) {
    const next = bestOf(open);
    if (next < 0) break;
    const parent = open[next]!;
    gains.push({ feature: parent.split!.feature, gain: parent.split!.gain });
    const [left, right] = divide(grower, ground, tree, parent);
    open[next] = left;
    open.push(right);
    if (open.length < params.leaves) prepareChildren(grower, ground, open, parent, left, right);
  }
  for (const leaf of open) release(grower, leaf);
  return { tree, leaves: open, gains, rows: ground.rows, riders: ground.riders };
}

/** Each tree starts from the given order of the rows, a sorted one, which memory likes best. */
function breakGround(grower: Grower, seedbed: Seedbed): Ground {
  const rows = grower.rows.subarray(0, seedbed.rows.length);
  const riders = grower.riders.subarray(0, seedbed.riders.length);
  rows.set(seedbed.rows);
  riders.set(seedbed.riders);
  return { ...seedbed, rows, riders, packed: chooseColumns(grower, seedbed.features) };
}

function plantRoot(grower: Grower, ground: Ground, tree: Tree): OpenNode {
  const { rows, riders } = ground;
  const { gradient, hessian } = grower.derivatives[ground.output]!;
  const sums: NodeSums = { gradient: 0, hessian: 0, rows: rows.length };
  for (let i = 0; i < rows.length; i++) {
    sums.gradient += gradient[rows[i]!]!;
    sums.hessian += hessian[rows[i]!]!;
  }
  const span = { begin: 0, end: rows.length, ridersBegin: 0, ridersEnd: riders.length };
  const root = addNode(grower, ground, tree, span, sums, 0, grower.params.l2);
  if (canSplit(grower.params, root)) {
    root.histogram = grower.pool.take()!;
    build(grower, ground, root);
    search(grower, ground, root);
  }
  return root;
}

type Span = Pick<OpenNode, 'begin' | 'end' | 'ridersBegin' | 'ridersEnd'>;

function addNode(
  grower: Grower,
  ground: Ground,
  tree: Tree,
  span: Span,
  sums: NodeSums,
  depth: number,
  l2: number,
): OpenNode {
  const { params, weights } = grower;
  const value = params.learningRate * leafValue(sums.gradient, sums.hessian, params.l1, l2);
  const node = addLeaf(tree, value, coverOf(ground.rows, span, weights));
  return { ...span, node, depth, sums, histogram: null, split: null };
}

function coverOf(rows: Int32Array, { begin, end }: Span, weights: Float64Array | undefined): number {
  if (!weights) return end - begin;
  let cover = 0;
  for (let i = begin; i < end; i++) cover += weights[rows[i]!]!;
  return cover;
}

function bestOf(open: OpenNode[]): number {
  let best = -1;
  for (let i = 0; i < open.length; i++) {
    const gain = open[i]!.split?.gain ?? 0;
    if (gain > (best < 0 ? 0 : open[best]!.split!.gain)) best = i;
  }
  return best;
}

/** Parts the rows and riders of a node and hangs the two children below it. */
function divide(grower: Grower, ground: Ground, tree: Tree, parent: OpenNode): [OpenNode, OpenNode] {
  const split = parent.split!;
  const feature = grower.binned.features[split.feature]!;
  const { begin, end, ridersBegin, ridersEnd, sums } = parent;
  const { kernels, goesLeft, scratch } = grower;
  markBinsGoingLeft(goesLeft, split, feature);
  const part = (rows: Int32Array, from: number, to: number) =>
    kernels.partition(rows, from, to, feature.bins, goesLeft, scratch);
  const middle = part(ground.rows, begin, end);
  const ridersMiddle = part(ground.riders, ridersBegin, ridersEnd);
  const leftSums = { ...split.left, rows: middle - begin };
  const rightSums = {
    gradient: sums.gradient - leftSums.gradient,
    hessian: sums.hessian - leftSums.hessian,
    rows: end - middle,
  };
  const depth = parent.depth + 1;
  const leftSpan = { begin, end: middle, ridersBegin, ridersEnd: ridersMiddle };
  const rightSpan = { begin: middle, end, ridersBegin: ridersMiddle, ridersEnd };
  const left = addNode(grower, ground, tree, leftSpan, leftSums, depth, split.l2);
  const right = addNode(grower, ground, tree, rightSpan, rightSums, depth, split.l2);
  turnIntoSplit(tree, parent.node, split, feature, left.node, right.node);
  return [left, right];
}

/** Gives both children their histograms and best splits, as far as they may be split at all. */
function prepareChildren(
  grower: Grower,
  ground: Ground,
  open: OpenNode[],
  parent: OpenNode,
  left: OpenNode,
  right: OpenNode,
): void {
  const [smaller, larger] = left.sums.rows < right.sums.rows ? [left, right] : [right, left];
  if (![smaller, larger].some((child) => canSplit(grower.params, child))) {
    release(grower, parent);
    return;
  }
  const inherited = parent.histogram;
  parent.histogram = null;
  smaller.histogram = takeFrom(grower, open);
  build(grower, ground, smaller);
  larger.histogram = inherited ?? takeFrom(grower, open);
  if (inherited) grower.kernels.subtract(inherited, smaller.histogram);
  else build(grower, ground, larger);
  for (const child of [smaller, larger]) {
    if (canSplit(grower.params, child)) search(grower, ground, child);
    if (!child.split) release(grower, child);
  }
}

function canSplit(params: BoostedTreesParams, { sums, depth }: OpenNode): boolean {
  const deepEnough = params.maxDepth > 0 && depth >= params.maxDepth;
  return !deepEnough && sums.rows >= 2 * params.minRowsInLeaf && sums.hessian >= 2 * params.minHessianInLeaf;
}

/** A free buffer; when there is none, the least promising node gives its own up (and builds its children's anew). */
function takeFrom(grower: Grower, open: OpenNode[]): Float64Array {
  const free = grower.pool.take();
  if (free) return free;
  const holders = open.filter((node) => node.histogram && node.split);
  const least = holders.reduce((a, b) => (b.split!.gain < a.split!.gain ? b : a));
  release(grower, least);
  return grower.pool.take()!;
}

function build(grower: Grower, { rows, packed, output }: Ground, { histogram, begin, end }: OpenNode): void {
  buildHistogram(grower, histogram!, packed, rows, begin, end, grower.derivatives[output]!);
}

function search(grower: Grower, ground: Ground, node: OpenNode): void {
  const { binned, layout, params, random } = grower;
  const features = sampleFeatures(ground.features, params.featureFractionByNode, random);
  node.split = findSplit(binned, features, node.histogram!, layout.offsets, node.sums, params, random);
}

function release(grower: Grower, node: OpenNode): void {
  if (node.histogram) grower.pool.giveBack(node.histogram);
  node.histogram = null;
}
