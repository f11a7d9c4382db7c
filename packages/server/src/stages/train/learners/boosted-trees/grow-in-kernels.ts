import type { Tree } from '../../model.ts';
import { bestCategories, sumLeftSide } from './find-split.ts';
import type { Grower } from './grower.ts';
import type { GrownTree, Leaf, Seedbed } from './grown-tree.ts';
import { FOUND, GROWN, GROWN_BYTES, WORKSPACE } from './kernels/kernel-layout.ts';
import type { TreeHost } from './kernels/tree-kernels.ts';
import { readCut } from './node-table.ts';
import { quantiseRows } from './quantise.ts';
import { featuresOfNode } from './search-nodes.ts';
import { markBinsGoingLeft, type Split } from './split.ts';
import { addLeaf, emptyTree, turnIntoSplit } from './tree-builder.ts';
import type { TreePlan } from './tree-plan.ts';
import type { TreeWorkspace } from './tree-workspace.ts';

/** Bytes that the histograms of all leaves may take together. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Cells of a tree from which two threads are faster than one that never leaves the kernels; more threads are from fewer on. */
const MANY_CELLS = 2_000_000;

/** Whether the tree is one that the kernels can grow without coming back for every node. */
export function fitsKernels(grower: Grower, { rows }: Seedbed): boolean {
  const { params, layout, bounded, team, binned } = grower;
  if (bounded || params.leaves * layout.bytes > MOST_BYTES) return false;
  return team.parts === 1 || rows.length * binned.columns.length < MANY_CELLS / (team.parts - 1);
}

/**
 * Grows a tree in the kernels from its root to its leaves: the same tree as node by node, without interpreting and compiling the
 * JavaScript between the kernels, which takes longer than they do where rows are few.
 */
export function growInKernels(grower: Grower, seedbed: Seedbed): GrownTree {
  const rows = grower.rows.subarray(0, seedbed.rows.length);
  const riders = grower.riders.subarray(0, seedbed.riders.length);
  rows.set(seedbed.rows);
  riders.set(seedbed.riders);
  quantiseRows(grower, seedbed.output, rows);
  const workspace = grower.workspace();
  const plan = grower.plan(seedbed.features, 1);
  writeWorkspace(grower, workspace, seedbed, plan);
  const categories = new Map<number, Split>();
  const host = hostOf(grower, plan, categories);
  const nodes = grower.kernels.growTree(workspace.whole.byteOffset, host);
  const tree = nodesOf(workspace, nodes, seedbed.output);
  const gains = addSplits(grower, workspace, tree, categories);
  return { tree, leaves: leavesOf(workspace, (nodes + 1) / 2), gains, rows, riders };
}

function writeWorkspace(grower: Grower, { whole }: TreeWorkspace, seedbed: Seedbed, plan: TreePlan): void {
  const { params, settings, nodes } = grower;
  new Float64Array(whole.buffer, whole.byteOffset, 1)[0] = params.learningRate;
  whole[WORKSPACE.settings] = settings.numbers.byteOffset;
  whole[WORKSPACE.plan] = plan.at;
  whole[WORKSPACE.features] = grower.features;
  whole[WORKSPACE.columns] = plan.columns;
  whole[WORKSPACE.columnCount] = plan.columnCount;
  whole[WORKSPACE.list] = plan.list.byteOffset;
  whole[WORKSPACE.bytes] = grower.layout.bytes;
  whole[WORKSPACE.rows] = grower.rows.byteOffset;
  whole[WORKSPACE.rowCount] = seedbed.rows.length;
  whole[WORKSPACE.riders] = grower.riders.byteOffset;
  whole[WORKSPACE.riderCount] = seedbed.riders.length;
  whole[WORKSPACE.quanta] = grower.quanta;
  whole[WORKSPACE.blocks] = grower.blocks;
  whole[WORKSPACE.right] = grower.sides.right.byteOffset;
  whole[WORKSPACE.goesLeft] = grower.goesLeft.byteOffset;
  whole[WORKSPACE.nodes] = nodes.at(0);
  whole[WORKSPACE.found] = nodes.foundAt(0);
  whole[WORKSPACE.leaves] = params.leaves;
  whole[WORKSPACE.mostDepth] = params.maxDepth;
  whole[WORKSPACE.hasCategories] = grower.hasCategories ? 1 : 0;
  whole[WORKSPACE.drawsFeatures] = params.featureFractionByNode < 1 ? 1 : 0;
}

function hostOf(grower: Grower, plan: TreePlan, categories: Map<number, Split>): TreeHost {
  const { nodes, random, binned, goesLeft } = grower;
  const { finds } = nodes;
  const lists = [plan.list, plan.list];
  return {
    drawSeed: () => Math.floor(random() * 2 ** 32),
    drawFeatures(which) {
      lists[which] = featuresOfNode(grower, plan, which);
      return lists[which].byteOffset;
    },
    searchCategories(node, histogram, which) {
      const best = bestCategories(grower, node, histogram, lists[which]!, cutOf(grower, node));
      if (best?.kind !== 'category') return;
      sumLeftSide(grower, node, histogram, best);
      categories.set(node, best);
      const number = (nodes.foundAt(node) - finds.at) / 8;
      finds.numbers[number + FOUND.gain] = best.gain;
      finds.numbers[number + FOUND.l2] = best.l2;
      finds.whole[2 * number + FOUND.feature] = best.feature;
      finds.whole[2 * number + FOUND.isCategory] = 1;
    },
    markBins(node) {
      const split = categories.get(node) ?? cutOf(grower, node)!;
      markBinsGoingLeft(goesLeft, split, binned.features[split.feature]!);
    },
  };
}

function cutOf({ nodes, params }: Grower, node: number): Split | null {
  const cut = readCut(nodes.finds, nodes.foundAt(node));
  if (!cut) return null;
  const { gain, feature, bin, missingLeft } = cut;
  return { kind: 'number', feature, gain, lastLeftBin: bin, missingLeft, l2: params.l2 };
}

/** The nodes as leaves, in their order. */
function nodesOf({ grown: { numbers } }: TreeWorkspace, nodes: number, output: number): Tree {
  const tree = emptyTree(output);
  const step = GROWN_BYTES / 8;
  for (let at = 0; at < nodes * step; at += step)
    addLeaf(tree, numbers[at + GROWN.value]!, numbers[at + GROWN.cover]!);
  return tree;
}

/** Makes nodes of the tree splits, in the order in which they were split; what each gained. */
function addSplits(
  grower: Grower,
  { order, grown: { whole } }: TreeWorkspace,
  tree: Tree,
  categories: ReadonlyMap<number, Split>,
): GrownTree['gains'] {
  const gains: GrownTree['gains'] = [];
  for (let i = 0; 2 * i + 1 < tree.feature.length; i++) {
    const node = order[i]!;
    const split = categories.get(node) ?? cutOf(grower, node)!;
    const left = whole[(node * GROWN_BYTES) / 4 + GROWN.left]!;
    turnIntoSplit(tree, node, split, grower.binned.features[split.feature]!, left, left + 1);
    gains.push({ feature: split.feature, gain: split.gain });
  }
  return gains;
}

function leavesOf({ open, grown: { whole } }: TreeWorkspace, count: number): Leaf[] {
  return Array.from(open.subarray(0, count), (node) => {
    const at = (node * GROWN_BYTES) / 4;
    return {
      node,
      begin: whole[at + GROWN.begin]!,
      end: whole[at + GROWN.end]!,
      ridersBegin: whole[at + GROWN.ridersBegin]!,
      ridersEnd: whole[at + GROWN.ridersEnd]!,
    };
  });
}
