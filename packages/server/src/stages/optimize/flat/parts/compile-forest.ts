import { type ForestTree, marginsOfMeans, type Part, type Tree } from '../../../train/index.ts';
import { compileTrees } from '../compile-trees.ts';
import type { FlatTrees } from '../flat-model.ts';
import { newScratch } from '../flat-scratch.ts';
import { layOutSlots } from '../lay-out-slots.ts';
import { makeRowKeys } from '../make-keys.ts';
import { nextWithSets } from '../walk-trees.ts';
import type { FlatPart, PartTarget } from './flat-part.ts';

type ForestPart = Extract<Part, { kind: 'forest' }>;

/**
 * A forest in the flat layout of trees, whose leaves hold where in one table their shares are. The first entry of the
 * table is all zeros: trees that only fill a group up point to it.
 */
export function compileForest(part: ForestPart, { link, outputs }: PartTarget): FlatPart {
  const said = new Array<number>(outputs).fill(0);
  const trees = part.trees.map((tree) => pointing(tree, part.features, said));
  const layout = layOutSlots(trees);
  const flat = {
    slots: layout.table,
    scratch: newScratch(layout.table.count, 1),
    trees: compileTrees(trees, layout),
  };
  const table = Float64Array.from(said);
  const means = new Float64Array(outputs);
  const { weight, floor } = part;
  return {
    bytes: table.byteLength + flat.trees.nodes.byteLength + flat.trees.values.byteLength,
    add(features, out, at) {
      makeRowKeys(flat, features);
      sumLeaves(flat.trees, flat.scratch.keys, table, means);
      for (let k = 0; k < outputs; k++) means[k]! /= flat.trees.count;
      marginsOfMeans(link, floor, means, 0, outputs);
      for (let k = 0; k < outputs; k++) out[at + k]! += weight * means[k]!;
    },
  };
}

/** The tree over the model's features, with places in `said` for values, to which its leaves are appended. */
function pointing({ says, ...tree }: ForestTree, features: readonly number[], said: number[]): Tree {
  const value = says.map((leaf) => {
    if (!leaf) return 0;
    said.push(...leaf);
    return said.length - leaf.length;
  });
  return { ...tree, output: 0, feature: tree.feature.map((f) => (f < 0 ? f : features[f]!)), value };
}

/** Four trees at once, as `walkTrees` does. */
function sumLeaves(trees: FlatTrees, keys: Int32Array, table: Float64Array, sums: Float64Array): void {
  const { nodes, sets, values, roots, depths } = trees;
  sums.fill(0);
  for (let group = 0; group < depths.length; group++) {
    let a = roots[group * 4]!;
    let b = roots[group * 4 + 1]!;
    let c = roots[group * 4 + 2]!;
    let d = roots[group * 4 + 3]!;
    for (let step = depths[group]!; step > 0; step--) {
      a = nextWithSets(nodes, sets, a, keys[nodes[a]!]!);
      b = nextWithSets(nodes, sets, b, keys[nodes[b]!]!);
      c = nextWithSets(nodes, sets, c, keys[nodes[c]!]!);
      d = nextWithSets(nodes, sets, d, keys[nodes[d]!]!);
    }
    addLeaf(table, values[a >> 2]!, sums);
    addLeaf(table, values[b >> 2]!, sums);
    addLeaf(table, values[c >> 2]!, sums);
    addLeaf(table, values[d >> 2]!, sums);
  }
}

function addLeaf(table: Float64Array, at: number, sums: Float64Array): void {
  for (let k = 0; k < sums.length; k++) sums[k]! += table[at + k]!;
}
