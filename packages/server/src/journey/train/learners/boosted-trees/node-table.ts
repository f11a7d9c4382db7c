import { FOUND, FOUND_NUMBERS, NODE, NODE_NUMBERS } from './kernels/kernel-layout.ts';
import type { Arena } from './kernels/kernel-memory.ts';
import type { LeafBounds, NodeSums } from './leaf-score.ts';

/** The nodes of the tree that is grown, in the kernels' memory: their sums, what bounds them, and the cut found for them. */
export type NodeTable = {
  /** Place of a node and of the cut found for it. */
  at(node: number): number;
  foundAt(node: number): number;
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
  const found = arena.float64(nodes * FOUND_NUMBERS);
  const read = (node: number, field: keyof typeof NODE) => numbers[node * NODE_NUMBERS + NODE[field]]!;
  const write = (node: number, field: keyof typeof NODE, value: number) => {
    numbers[node * NODE_NUMBERS + NODE[field]] = value;
  };
  return {
    at: (node) => numbers.byteOffset + node * NODE_NUMBERS * 8,
    foundAt: (node) => found.byteOffset + node * FOUND_NUMBERS * 8,
    sums: (node) => ({
      gradient: read(node, 'gradient'),
      hessian: read(node, 'hessian'),
      rows: read(node, 'rows'),
    }),
    bounds: (node) => ({
      lower: read(node, 'lower'),
      upper: read(node, 'upper'),
      parent: read(node, 'output'),
    }),
    setBounds(node, { lower, upper }) {
      write(node, 'lower', lower);
      write(node, 'upper', upper);
    },
    setScore(node, score, gain) {
      write(node, 'output', score);
      write(node, 'gain', gain);
    },
    score: (node) => read(node, 'output'),
    gain: (node) => read(node, 'gain'),
  };
}

/** A cut that a search has written down. */
export type FoundCut = { gain: number; feature: number; bin: number; missingLeft: boolean };

/** Reads the cut at a place, null when there is none. */
export function readCut(buffer: SharedArrayBuffer, at: number): FoundCut | null {
  const whole = new Int32Array(buffer, at, 2 * FOUND_NUMBERS);
  if (whole[FOUND.feature]! < 0) return null;
  return {
    gain: new Float64Array(buffer, at, 1)[FOUND.gain]!,
    feature: whole[FOUND.feature]!,
    bin: whole[FOUND.bin]!,
    missingLeft: whole[FOUND.missingLeft] === 1,
  };
}
