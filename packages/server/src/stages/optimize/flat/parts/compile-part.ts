import type { Part } from '../../../train/index.ts';
import { compileForest } from './compile-forest.ts';
import { compileNeighbours } from './compile-neighbours.ts';
import { compileNetwork } from './compile-network.ts';
import type { FlatPart, PartTarget } from './flat-part.ts';

const COMPILE: {
  [K in Part['kind']]: (part: Extract<Part, { kind: K }>, target: PartTarget) => FlatPart;
} = { forest: compileForest, network: compileNetwork, neighbours: compileNeighbours };

export function compilePart(part: Part, target: PartTarget): FlatPart {
  return (COMPILE[part.kind] as (part: Part, target: PartTarget) => FlatPart)(part, target);
}
