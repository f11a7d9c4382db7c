import type { FlatModel } from './flat-model.ts';

/**
 * Adds the leaves of all trees for a block of rows whose keys lie in the scratch.
 *
 * Four trees are walked at once: their loads do not depend on one another, so the processor overlaps them, and a
 * step has no branch that depends on the data. Trees are the outer loop, so that a group's nodes stay in cache
 * while the rows of the block pass by. Measured in bench/flat-engine.ts.
 */
export function walkTrees(flat: FlatModel, out: Float64Array, fromRow: number, rows: number): void {
  const walk = flat.trees.hasSets ? walkGroupWithSets : walkGroup;
  for (let group = 0; group < flat.trees.depths.length; group++) walk(flat, group, out, fromRow, rows);
}

function walkGroup(flat: FlatModel, group: number, out: Float64Array, fromRow: number, rows: number): void {
  const { nodes, values, roots, outputs, depths } = flat.trees;
  const keys = flat.scratch.keys;
  const slots = flat.slots.count;
  const tree = group * 4;
  const r0 = roots[tree]!;
  const r1 = roots[tree + 1]!;
  const r2 = roots[tree + 2]!;
  const r3 = roots[tree + 3]!;
  const depth = depths[group]!;
  for (let row = 0; row < rows; row++) {
    const at = row * slots;
    let a = r0;
    let b = r1;
    let c = r2;
    let d = r3;
    for (let step = 0; step < depth; step++) {
      a = nodes[a + 2]! + (+(keys[at + nodes[a]!]! > nodes[a + 1]!) << 2);
      b = nodes[b + 2]! + (+(keys[at + nodes[b]!]! > nodes[b + 1]!) << 2);
      c = nodes[c + 2]! + (+(keys[at + nodes[c]!]! > nodes[c + 1]!) << 2);
      d = nodes[d + 2]! + (+(keys[at + nodes[d]!]! > nodes[d + 1]!) << 2);
    }
    const o = (fromRow + row) * flat.outputs;
    out[o + outputs[tree]!]! += values[a >> 2]!;
    out[o + outputs[tree + 1]!]! += values[b >> 2]!;
    out[o + outputs[tree + 2]!]! += values[c >> 2]!;
    out[o + outputs[tree + 3]!]! += values[d >> 2]!;
  }
}

/** As {@link walkGroup}, for models with categorical splits: a step also reads one bit of the node's set. */
function walkGroupWithSets(
  flat: FlatModel,
  group: number,
  out: Float64Array,
  fromRow: number,
  rows: number,
): void {
  const { nodes, values, roots, outputs, depths, sets } = flat.trees;
  const keys = flat.scratch.keys;
  const slots = flat.slots.count;
  const tree = group * 4;
  const depth = depths[group]!;
  for (let row = 0; row < rows; row++) {
    const at = row * slots;
    let a = roots[tree]!;
    let b = roots[tree + 1]!;
    let c = roots[tree + 2]!;
    let d = roots[tree + 3]!;
    for (let step = 0; step < depth; step++) {
      a = nextWithSets(nodes, sets, a, keys[at + nodes[a]!]!);
      b = nextWithSets(nodes, sets, b, keys[at + nodes[b]!]!);
      c = nextWithSets(nodes, sets, c, keys[at + nodes[c]!]!);
      d = nextWithSets(nodes, sets, d, keys[at + nodes[d]!]!);
    }
    const o = (fromRow + row) * flat.outputs;
    out[o + outputs[tree]!]! += values[a >> 2]!;
    out[o + outputs[tree + 1]!]! += values[b >> 2]!;
    out[o + outputs[tree + 2]!]! += values[c >> 2]!;
    out[o + outputs[tree + 3]!]! += values[d >> 2]!;
  }
}

/** Where a step from the node at `at` leads. The word index is masked to 0 on numeric splits, whose set is the empty one at word 0. */
export function nextWithSets(nodes: Int32Array, sets: Int32Array, at: number, key: number): number {
  const set = nodes[at + 3]!;
  const word = sets[(set & 0x7fffffff) + ((key >>> 5) & (set >> 31))]!;
  const right = +(key > nodes[at + 1]!) | ((word >>> (key & 31)) & 1);
  return nodes[at + 2]! + (right << 2);
}
