import { intOf } from '../attributes.ts';
import { dimsOf, floatsOf } from '../constants.ts';
import { countReads, readersOf } from '../edit-graph.ts';
import { type Graph, type GraphNode, isStandard } from '../graph.ts';
import type { Seen } from '../seen.ts';

/**
 * Two layers with nothing between them but what treats every unit alone: units of the first can go, with what the second
 * makes of them.
 */
export type Chain = {
  first: GraphNode;
  second: GraphNode;
  /** Units: outputs of a Gemm, channels of a Conv. */
  units: number;
  /** Columns of the second for one unit: more than one where an image was flattened between them. */
  each: number;
  /** What the second layer reads. */
  between: string;
};

/** One value in, one value out. */
const ALONE = [
  'Relu',
  'LeakyRelu',
  'Sigmoid',
  'Tanh',
  'Elu',
  'Selu',
  'Softplus',
  'HardSigmoid',
  'HardSwish',
  'Gelu',
  'Clip',
];
const POOLS = ['MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool'];

/** Layers have a float32 matrix that nothing else reads, as the first must not be read by others. */
export function chainsOf(graph: Graph, seen: Seen): Chain[] {
  const readers = readersOf(graph);
  const reads = countReads(graph);
  return graph.nodes.flatMap((first) => {
    const units = unitsOf(graph, first, reads);
    if (units === undefined) return [];
    let [value] = first.output as [string];
    let isFlat = isStandard(first, 'Gemm');
    for (;;) {
      const next = readers.get(value)?.[0];
      if (next === undefined || reads.get(value) !== 1 || next.input[0] !== value) return [];
      if (unitsOf(graph, next, reads) !== undefined) {
        const each = columnsEach(graph, next, units, isFlat);
        return each === undefined ? [] : [{ first, second: next, units, each, between: value }];
      }
      if (isFlattening(next, seen, value)) isFlat = true;
      else if (!isStandard(next, ...ALONE) && !(isStandard(next, ...POOLS) && !isFlat)) return [];
      value = next.output[0]!;
    }
  });
}

/** From [rows, channels, …] to [rows, all of it]. */
function isFlattening(node: GraphNode, seen: Seen, value: string): boolean {
  const [from, to] = [seen.get(value)?.shape, seen.get(node.output[0]!)?.shape];
  if (!isStandard(node, 'Flatten', 'Reshape', 'Squeeze')) return false;
  return from !== undefined && to?.length === 2 && from[0] === to[0];
}

function unitsOf(
  { constants }: Graph,
  node: GraphNode,
  reads: ReadonlyMap<string, number>,
): number | undefined {
  if (!isStandard(node, 'Gemm', 'Conv')) return undefined;
  const weights = constants.get(node.input[1]!);
  if (floatsOf(weights) === undefined || reads.get(node.input[1]!) !== 1) return undefined;
  const bias = node.input[2] ?? '';
  const dims = dimsOf(weights!);
  const isGemm = isStandard(node, 'Gemm');
  const units = dims[isGemm && intOf(node, 'transB', 0) === 0 ? 1 : 0]!;
  if (bias !== '' && (floatsOf(constants.get(bias))?.length !== units || reads.get(bias) !== 1))
    return undefined;
  if (isGemm ? intOf(node, 'transA', 0) === 1 : intOf(node, 'group', 1) !== 1) return undefined;
  return units;
}

function columnsEach(graph: Graph, next: GraphNode, units: number, isFlat: boolean): number | undefined {
  const dims = dimsOf(graph.constants.get(next.input[1]!)!);
  if (isStandard(next, 'Conv')) return !isFlat && dims[1] === units ? 1 : undefined;
  const columns = dims[intOf(next, 'transB', 0) === 1 ? 1 : 0]!;
  return isFlat && columns % units === 0 ? columns / units : undefined;
}
