import type { Link, Part } from '../../../train/index.ts';
import { compileForest } from './compile-forest.ts';
import { compileNeighbours } from './compile-neighbours.ts';
import { compileNetwork } from './compile-network.ts';

/** A part compiled for speed. It owns its scratch, and `add` allocates nothing. */
export type FlatPart = {
  /** Bytes of its tables, without scratch. */
  bytes: number;
  /** Adds its weighted margins for one row of the model's features to `out[at … at + outputs - 1]`. */
  add(features: Float32Array, out: Float64Array, at: number): void;
};

/** What a part is compiled for. */
export type PartTarget = { link: Link; outputs: number };

const COMPILE: {
  [K in Part['kind']]: (part: Extract<Part, { kind: K }>, target: PartTarget) => FlatPart;
} = { forest: compileForest, network: compileNetwork, neighbours: compileNeighbours };

export function compilePart(part: Part, target: PartTarget): FlatPart {
  return (COMPILE[part.kind] as (part: Part, target: PartTarget) => FlatPart)(part, target);
}
