import type { Tree } from '../../model.ts';
import { divideRows } from './divide-rows.ts';
import { fitsKernels, growInKernels } from './grow-in-kernels.ts';
import type { Grower } from './grower.ts';
import type { GrownTree, Seedbed } from './grown-tree.ts';
import { gainOfScore, type LeafBounds, leafGain, leafScore, type NodeSums, UNBOUNDED } from './leaf-score.ts';
import { quantiseRows } from './quantise.ts';
import { type Searched, searchBoth, searchNode } from './search-nodes.ts';
import type { Split } from './split.ts';
import { addLeaf, emptyTree, turnIntoSplit } from './tree-builder.ts';
import type { TreePlan } from './tree-plan.ts';

/** A tree's growing: its copies of rows and riders are reordered, so that each leaf has a stretch of both. */
type Ground = Seedbed & { plan: TreePlan; tree: Tree };

/** A node that may still be split: its stretches of rows and riders, its histogram, and the best way to split it. */
type OpenNode = {
  node: number;
  depth: number;
  begin: number;
  end: number;
  ridersBegin: number;
  ridersEnd: number;
  histogram: number | null;
  split: Split | null;
};

/**
 * Grows a tree best-first: of all leaves, the one whose split lowers the loss most is split next. Only the smaller
 * child's histogram is built, the other is what is left of the parent's (Ke et al. 2017).
 */
export function growTree(grower: Grower, seedbed: Seedbed): GrownTree {
  grower.team.barrier();
  return fitsKernels(grower, seedbed) ? growInKernels(grower, seedbed) : growByNodes(grower, seedbed);
}

/** Grows a tree node by node, as several threads do it together. */
export function growByNodes(grower: Grower, seedbed: Seedbed): GrownTree {
  const { params } = grower;
  const ground = breakGround(grower, seedbed);
  const open = [plantRoot(grower, ground)];
  const gains: GrownTree['gains'] = [];
  while (open.length < params.leaves) {
    const next = bestOf(open);
    if (next < 0) break;
    const parent = open[next]!;
    gains.push({ feature: parent.split!.feature, gain: parent.split!.gain });
    const { left, right } = divide(grower, ground, parent);
    open[next] = left;
    open.push(right);
    if (open.length < params.leaves) prepareChildren(grower, ground, open, parent, left, right);
    else release(grower, parent);
  }
  for (const leaf of open) release(grower, leaf);
  return { tree: ground.tree, leaves: open, gains, rows: ground.rows, riders: ground.riders };
}

/** Each tree starts from the given order of the rows, a sorted one, which memory likes best. */
function breakGround(grower: Grower, seedbed: Seedbed): Ground {
  const rows = grower.rows.subarray(0, seedbed.rows.length);
  const riders = grower.riders.subarray(0, seedbed.riders.length);
  rows.set(seedbed.rows);
  riders.set(seedbed.riders);
  const { parts } = grower.team;
  grower.spare(parts);
  const plan = grower.plan(seedbed.features, parts);
  return { ...seedbed, rows, riders, plan, tree: emptyTree(seedbed.output) };
}

function plantRoot(grower: Grower, ground: Ground): OpenNode {
  const { rows, riders, output } = ground;
  quantiseRows(grower, output, rows);
  const span = { begin: 0, end: rows.length, ridersBegin: 0, ridersEnd: riders.length };
  const root = addNode(grower, ground, span, 0, grower.params.l2, UNBOUNDED);
  if (canSplit(grower, root)) {
    root.histogram = grower.pool.take()!;
    searchNode(grower, ground, searched(grower, root));
  }
  return root;
}

type Span = Pick<OpenNode, 'begin' | 'end' | 'ridersBegin' | 'ridersEnd'>;

/** Appends a node whose sums the table has already. */
function addNode(
  grower: Grower,
  { tree, rows }: Ground,
  span: Span,
  depth: number,
  l2: number,
  bounds: LeafBounds,
): OpenNode {
  const { params, weights, nodes, bounded } = grower;
  const sums = nodes.sums(tree.feature.length);
  const score = leafScore(sums, params, bounds, l2);
  const node = addLeaf(tree, params.learningRate * score, coverOf(rows, span, weights));
  nodes.setBounds(node, bounds);
  nodes.setScore(node, score, gainOfNode(sums, score, params, bounded));
  return { ...span, node, depth, histogram: null, split: null };
}

function gainOfNode(sums: NodeSums, score: number, { l1, l2 }: Grower['params'], bounded: boolean): number {
  return bounded ? gainOfScore(sums, score, l1, l2) : leafGain(sums, l1, l2);
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
function divide(grower: Grower, ground: Ground, parent: OpenNode): Record<'left' | 'right', OpenNode> {
  const { kernels, nodes, settings, binned } = grower;
  const { tree } = ground;
  const split = parent.split!;
  const { begin, end, ridersBegin, ridersEnd } = parent;
  const { middle, ridersMiddle } = divideRows(grower, ground, parent, split);
  const leftNode = tree.feature.length;
  kernels.divideSums(
    nodes.at(parent.node),
    nodes.foundAt(parent.node),
    nodes.at(leftNode),
    nodes.at(leftNode + 1),
    settings.numbers.byteOffset,
  );
  const bounds = boundsOfChildren(grower, parent.node, leftNode, split);
  const depth = parent.depth + 1;
  const leftSpan = { begin, end: middle, ridersBegin, ridersEnd: ridersMiddle };
  const rightSpan = { begin: middle, end, ridersBegin: ridersMiddle, ridersEnd };
  const left = addNode(grower, ground, leftSpan, depth, split.l2, bounds.left);
  const right = addNode(grower, ground, rightSpan, depth, split.l2, bounds.right);
  turnIntoSplit(tree, parent.node, split, binned.features[split.feature]!, left.node, right.node);
  return { left, right };
}

const UNBOUNDED_CHILDREN = { left: UNBOUNDED, right: UNBOUNDED };

/** Below a split on a monotone feature, no leaf may cross the middle between its two sides (LightGBM's "basic" method). */
function boundsOfChildren(
  { nodes, params, bounded }: Grower,
  parent: number,
  left: number,
  split: Split,
): Record<'left' | 'right', LeafBounds> {
  if (!bounded) return UNBOUNDED_CHILDREN;
  const own = nodes.bounds(parent);
  const sense = params.monotoneConstraints[split.feature] ?? 0;
  if (sense === 0) return { left: own, right: own };
  const [leftScore, rightScore] = [left, left + 1].map((child) =>
    leafScore(nodes.sums(child), params, own, split.l2),
  );
  const middle = (leftScore! + rightScore!) / 2;
  const below = { ...own, upper: middle };
  const above = { ...own, lower: middle };
  return sense > 0 ? { left: below, right: above } : { left: above, right: below };
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
  const isLeftSmaller = rowsOf(left) < rowsOf(right);
  const smaller = isLeftSmaller ? left : right;
  const larger = isLeftSmaller ? right : left;
  if (!canSplit(grower, smaller) && !canSplit(grower, larger)) {
    release(grower, parent);
    return;
  }
  const inherited = parent.histogram;
  parent.histogram = null;
  smaller.histogram = takeFrom(grower, open);
  larger.histogram = inherited ?? takeFrom(grower, open);
  if (inherited !== null) searchBoth(grower, ground, searched(grower, smaller), searched(grower, larger));
  else {
    searchNode(grower, ground, searched(grower, smaller));
    searchNode(grower, ground, searched(grower, larger));
  }
  if (!smaller.split) release(grower, smaller);
  if (!larger.split) release(grower, larger);
}

/** The node as a search takes it, which writes the split it finds into it. */
function searched(grower: Grower, node: OpenNode): Searched {
  return { of: node, histogram: node.histogram!, wanted: canSplit(grower, node) };
}

function rowsOf({ begin, end }: OpenNode): number {
  return end - begin;
}

function canSplit({ params, nodes }: Grower, { node, depth }: OpenNode): boolean {
  const deepEnough = params.maxDepth > 0 && depth >= params.maxDepth;
  const { rows, hessian } = nodes.sums(node);
  return !deepEnough && rows >= 2 * params.minRowsInLeaf && hessian >= 2 * params.minHessianInLeaf;
}

/** A free place; when there is none, the least promising node gives its own up (and builds its children's anew). */
function takeFrom(grower: Grower, open: OpenNode[]): number {
  const free = grower.pool.take();
  if (free !== null) return free;
  const holders = open.filter((node) => node.histogram !== null && node.split);
  const least = holders.reduce((a, b) => (b.split!.gain < a.split!.gain ? b : a));
  release(grower, least);
  return grower.pool.take()!;
}

function release(grower: Grower, node: OpenNode): void {
  if (node.histogram !== null) grower.pool.giveBack(node.histogram);
  node.histogram = null;
}
