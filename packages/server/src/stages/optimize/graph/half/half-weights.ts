import { intAttribute } from '../attributes.ts';
import { dimsOf, floatsOf, rawConstant } from '../constants.ts';
import { freshNames } from '../edit-graph.ts';
import { type Constant, ELEMENT, type Graph, type GraphNode } from '../graph.ts';
import { LARGEST_HALF, toHalf } from './to-half.ts';

/** Fewer are not worth a node more. */
const LEAST_VALUES = 64;

/**
 * Keeps float32 constants as halves and widens them where the graph begins, which ONNX Runtime does once, while it loads: the
 * file is half as large, and the model computes in float32 as before. Undefined where there is nothing to narrow.
 */
export function halfWeights(graph: Graph): Graph | undefined {
  const fresh = freshNames(graph);
  const constants = new Map<string, Constant>();
  const casts: GraphNode[] = [];
  for (const [name, constant] of graph.constants) {
    const values = floatsOf(constant);
    if (values === undefined || values.length < LEAST_VALUES || !fitsHalf(values)) {
      constants.set(name, constant);
      continue;
    }
    const half = fresh(`${name}_half`);
    constants.set(half, rawConstant('float16', toHalf(values), dimsOf(constant)));
    casts.push({
      name: '',
      opType: 'Cast',
      domain: '',
      input: [half],
      output: [name],
      attribute: [intAttribute('to', ELEMENT.float32)],
    });
  }
  if (casts.length === 0) return undefined;
  return { ...graph, constants, nodes: [...casts, ...graph.nodes] };
}

export function fitsHalf(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST_HALF);
}
