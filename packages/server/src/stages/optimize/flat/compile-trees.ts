import type { Tree } from '../../train/index.ts';
import {
  type FlatTrees,
  NODE_CHILD,
  NODE_FIELDS,
  NODE_SET,
  NODE_SLOT,
  NODE_THRESHOLD,
  SLOT_CATEGORY,
} from './flat-model.ts';
import { type SlotLayout, slotKind } from './lay-out-slots.ts';
import { KEY_MISSING_HIGH, thresholdKey } from './sortable-key.ts';

const GROUP = 4;
const IS_SET = -0x80000000;

/** A tree that adds nothing, to fill the last group. */
const EMPTY: Tree = {
  output: 0,
  feature: [-1],
  threshold: [0],
  categories: [null],
  left: [-1],
  right: [-1],
  missingLeft: [0],
  value: [0],
  cover: [0],
};

type Drawing = { nodes: Int32Array; values: Float64Array; sets: SetTable; slots: SlotLayout; next: number };

/** Lays all trees out in one table of records, children in pairs, depth first. */
export function compileTrees(trees: readonly Tree[], slots: SlotLayout): FlatTrees {
  const padded = [...trees, ...new Array<Tree>((GROUP - (trees.length % GROUP)) % GROUP).fill(EMPTY)];
  const records = padded.reduce((sum, tree) => sum + reachable(tree), 0);
  const drawing: Drawing = {
    nodes: new Int32Array(records * NODE_FIELDS),
    values: new Float64Array(records),
    sets: newSetTable(),
    slots,
    next: 0,
  };
  const roots = new Int32Array(padded.length);
  const depths = new Int32Array(padded.length / GROUP);
  for (const [index, tree] of padded.entries()) {
    roots[index] = drawing.next;
    drawing.next += NODE_FIELDS;
    const depth = drawNode(drawing, tree, 0, roots[index]);
    depths[index >> 2] = Math.max(depths[index >> 2]!, depth);
  }
  return {
    count: trees.length,
    nodes: drawing.nodes,
    values: drawing.values,
    roots,
    outputs: Int32Array.from(padded, (tree) => tree.output),
    depths,
    sets: Int32Array.from(drawing.sets.words),
    hasSets: drawing.sets.words.length > 1,
  };
}

/** Writes the record of `node` at `offset`, then its children; returns the depth below it. */
function drawNode(drawing: Drawing, tree: Tree, node: number, offset: number): number {
  const { nodes, values } = drawing;
  values[offset / NODE_FIELDS] = tree.value[node]!;
  if (tree.feature[node]! < 0) {
    nodes[offset + NODE_THRESHOLD] = KEY_MISSING_HIGH;
    nodes[offset + NODE_CHILD] = offset;
    return 0;
  }
  const kind = slotKind(tree, node);
  const slot = drawing.slots.slotOf(tree.feature[node]!, kind);
  const child = drawing.next;
  drawing.next += 2 * NODE_FIELDS;
  nodes[offset + NODE_SLOT] = slot;
  nodes[offset + NODE_CHILD] = child;
  if (kind === SLOT_CATEGORY) {
    nodes[offset + NODE_THRESHOLD] = KEY_MISSING_HIGH;
    nodes[offset + NODE_SET] = IS_SET | addSet(drawing.sets, tree, node, drawing.slots.table.width[slot]!);
  } else {
    nodes[offset + NODE_THRESHOLD] = thresholdKey(tree.threshold[node]!);
  }
  const left = drawNode(drawing, tree, tree.left[node]!, child);
  const right = drawNode(drawing, tree, tree.right[node]!, child + NODE_FIELDS);
  return 1 + Math.max(left, right);
}

function reachable(tree: Tree, node = 0): number {
  if (tree.feature[node]! < 0) return 1;
  return 1 + reachable(tree, tree.left[node]!) + reachable(tree, tree.right[node]!);
}

/** Bit sets of codes that go right, each stored once. */
type SetTable = { words: number[]; starts: Map<string, number> };

function newSetTable(): SetTable {
  return { words: [0], starts: new Map() };
}

function addSet(table: SetTable, tree: Tree, node: number, width: number): number {
  const words = new Array<number>(((width + 1) >> 5) + 1).fill(-1);
  const goLeft = [...tree.categories[node]!, ...(tree.missingLeft[node] ? [width + 1] : [])];
  for (const code of goLeft) words[code >> 5] = words[code >> 5]! & ~(1 << (code & 31));
  const key = words.join();
  const start = table.starts.get(key) ?? table.words.length;
  if (start === table.words.length) table.words.push(...words);
  table.starts.set(key, start);
  return start;
}
