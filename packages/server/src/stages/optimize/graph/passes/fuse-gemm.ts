import { dimsOf, sizeOf } from '../constants.ts';
import { countReads, makersOf, rewriteGraph } from '../edit-graph.ts';
import { ELEMENT, type Graph, type GraphNode, isStandard } from '../graph.ts';
import type { Seen } from '../seen.ts';

/** Makes one Gemm of a MatMul of matrices and the Add of a row of constants behind it. */
export function fuseGemm(graph: Graph, seen: Seen): Graph {
  const makers = makersOf(graph);
  const reads = countReads(graph);
  const fused = new Map<GraphNode, { product: GraphNode; bias: string }>();
  for (const node of graph.nodes) {
    if (!isStandard(node, 'Add')) continue;
    for (const [value, bias] of [node.input, node.input.toReversed()] as [string, string][]) {
      const product = makers.get(value);
      if (product !== undefined && reads.get(value) === 1 && isRowBias(graph, seen, product, bias))
        fused.set(node, { product, bias });
    }
  }
  if (fused.size === 0) return graph;
  const gone = new Set([...fused.values()].map(({ product }) => product));
  return rewriteGraph(graph, (node, make) => {
    if (gone.has(node)) return [];
    const found = fused.get(node);
    return found && [make.node('Gemm', [...found.product.input, found.bias], [], node.output[0])];
  });
}

function isRowBias({ constants }: Graph, seen: Seen, product: GraphNode, bias: string): boolean {
  const [left, right] = product.input as [string, string];
  const weights = constants.get(right);
  const row = constants.get(bias);
  if (!isStandard(product, 'MatMul') || weights?.dataType !== ELEMENT.float32 || row === undefined)
    return false;
  const [dims, width] = [dimsOf(row), dimsOf(weights)[1]];
  return (
    weights.dims.length === 2 &&
    seen.get(left)?.shape.length === 2 &&
    dims.length <= 2 &&
    dims.length >= 1 &&
    dims.at(-1) === width &&
    sizeOf(dims) === width
  );
}
