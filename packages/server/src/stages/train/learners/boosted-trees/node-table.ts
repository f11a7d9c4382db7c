import { FOUND, FOUND_NUMBERS, NODE, NODE_NUMBERS } from './kernels/kernel-layout.ts';
import type { Arena } from './kernels/kernel-memory.ts';
import type { LeafBounds, NodeSums } from './leaf-score.ts';

/** The nodes of the tree that is grown, in the kernels' memory: their sums, what bounds them, and the cut found for them. */
export type NodeTable = {
  /** Place of a node and of the cut found for it. */
  at(node: number): number;
  foundAt(node: number): number;
  /** All cuts that were found for nodes. */
  finds: FoundCuts;
  sums(node: number): NodeSums;
  bounds(node: number): LeafBounds;
  setBounds(node: number, bounds: { lower: number; upper: number }): void;
  /** The score that the node would have as a leaf, before the learning rate, and what that gains. */
  setScore(node: number, score: number, gain: number): void;
  score(node: number): number;
  gain(node: number): number;
};

export function nodeTable(arena: Arena, nodes: number): NodeTable {
  const numbers = arena.float64(nodes * NODE_NUMBERS);
  const finds = foundCuts(arena, nodes * FOUND_NUMBERS * 8);
  const read = (node: number, field: number) => numbers[node * NODE_NUMBERS + field]!;
  const write = (node: number, field: number, value: number) => {
    numbers[node * NODE_NUMBERS + field] = value;
  };
  return {
    at: (node) => numbers.byteOffset + node * NODE_NUMBERS * 8,
    foundAt: (node) => finds.at + node * FOUND_NUMBERS * 8,
    finds,
    sums: (node) => ({
      gradient: read(node, NODE.gradient),
      hessian: read(node, NODE.hessian),
      rows: read(node, NODE.rows),
    }),
    bounds: (node) => ({
      lower: read(node, NODE.lower),
      upper: read(node, NODE.upper),
      parent: read(node, NODE.output),
    }),
    setBounds(node, { lower, upper }) {
      write(node, NODE.lower, lower);
      write(node, NODE.upper, upper);
    },
    setScore(node, score, gain) {
      write(node, NODE.output, score);
      write(node, NODE.gain, gain);
    },
    score: (node) => read(node, NODE.output),
    gain: (node) => read(node, NODE.gain),
  };
}

/** A cut that a search has written down. */
export type FoundCut = { gain: number; feature: number; bin: number; missingLeft: boolean };

/** Cuts that searches have written down, as numbers of both kinds from the place `at` on. */
export type FoundCuts = { at: number; numbers: Float64Array; whole: Int32Array };

export function foundCuts(arena: Arena, bytes: number): FoundCuts {
  const numbers = arena.float64(bytes / 8);
  const whole = new Int32Array(numbers.buffer, numbers.byteOffset, bytes / 4);
  return { at: numbers.byteOffset, numbers, whole };
}

/** Reads the cut at a place, null when there is none. */
export function readCut({ at: first, numbers, whole }: FoundCuts, at: number): FoundCut | null {
  const number = (at - first) / 8;
  const feature = whole[2 * number + FOUND.feature]!;
  if (feature < 0) return null;
  return {
    gain: numbers[number + FOUND.gain]!,
    feature,
    bin: whole[2 * number + FOUND.bin]!,
    missingLeft: whole[2 * number + FOUND.missingLeft] === 1,
  };
}
