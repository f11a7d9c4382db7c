import type { ForestTree, Part } from '../train/index.ts';
import { finiteText, numberOf } from './infinite-numbers.ts';

/** Many float32 numbers as JSON: their bytes, little-endian, in base64, a quarter of what decimals take. */
export type PackedNumbers = number[] | { float32: string };

/** The part as `trees.json` has it. */
export function encodePart(part: Part): unknown {
  return (ENCODE[part.kind] as (part: Part) => unknown)(part);
}

export function decodePart(part: Part): Part {
  return (DECODE[part.kind] as (part: Part) => Part)(part);
}

type ByKind<Result> = { [K in Part['kind']]: (part: Extract<Part, { kind: K }>) => Result };

const ENCODE: ByKind<unknown> = {
  forest: (part) => ({
    ...part,
    trees: part.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(finiteText) })),
  }),
  network: (part) => ({
    ...part,
    layers: part.layers.map((layer) => ({ ...layer, weights: packed(layer.weights) })),
  }),
  neighbours: (part) => ({ ...part, points: packed(part.points) }),
};

const DECODE: ByKind<Part> = {
  forest: (part) => ({ ...part, trees: part.trees.map(decodeTree) }),
  network: (part) => ({
    ...part,
    layers: part.layers.map((layer) => ({ ...layer, weights: unpacked(layer.weights) })),
  }),
  neighbours: (part) => ({ ...part, points: unpacked(part.points) }),
};

function decodeTree(tree: ForestTree): ForestTree {
  return { ...tree, threshold: tree.threshold.map(numberOf) };
}

/** Numbers that are not float32 stay as they are. */
export function packed(values: readonly number[]): PackedNumbers {
  const floats = Float32Array.from(values);
  if (floats.some((value, i) => value !== values[i])) return [...values];
  return { float32: Buffer.from(floats.buffer).toString('base64') };
}

export function unpacked(numbers: PackedNumbers): number[] {
  if (Array.isArray(numbers)) return numbers;
  const bytes = Uint8Array.from(Buffer.from(numbers.float32, 'base64'));
  return Array.from(new Float32Array(bytes.buffer));
}
