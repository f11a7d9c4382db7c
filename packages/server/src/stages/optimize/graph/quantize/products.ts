import { floatOf, intOf } from '../attributes.ts';
import { dimsOf, floatsOf } from '../constants.ts';
import { type Graph, type GraphNode, isStandard } from '../graph.ts';

/** A node that multiplies what comes in with constant float32 weights. */
export type Product = {
  node: GraphNode;
  kind: 'MatMul' | 'Gemm' | 'Conv';
  /** Of a Gemm as `[inputs, outputs]`, with its factor in them. */
  weights: Float32Array;
  dims: number[];
  /** Where the outputs lie in `dims`. */
  axis: number;
  /** The name of what is added, empty for none. */
  bias: string;
};

/** Too few weights to be worth a node more. */
const LEAST_WEIGHTS = 64;

/** The products of a graph whose weights can be quantized. */
export function productsOf(graph: Graph): Product[] {
  return graph.nodes.flatMap((node) => {
    const product = productOf(graph, node);
    return product === undefined || product.weights.length < LEAST_WEIGHTS ? [] : [product];
  });
}

function productOf({ constants }: Graph, node: GraphNode): Product | undefined {
  if (!isStandard(node, 'MatMul', 'Gemm', 'Conv')) return undefined;
  const constant = constants.get(node.input[1] ?? '');
  const values = floatsOf(constant);
  if (constant === undefined || values === undefined || constants.has(node.input[0]!)) return undefined;
  const [dims, bias] = [dimsOf(constant), node.input[2] ?? ''];
  if (isStandard(node, 'Conv'))
    return dims.length < 3 ? undefined : { node, kind: 'Conv', weights: values, dims, axis: 0, bias };
  if (dims.length !== 2) return undefined;
  if (isStandard(node, 'MatMul')) return { node, kind: 'MatMul', weights: values, dims, axis: 1, bias: '' };
  const isPlain = intOf(node, 'transA', 0) === 0 && (bias === '' || floatOf(node, 'beta', 1) === 1);
  if (!isPlain) return undefined;
  const factor = floatOf(node, 'alpha', 1);
  const isTurned = intOf(node, 'transB', 0) === 1;
  const [inputs, outputs] = isTurned ? [dims[1]!, dims[0]!] : [dims[0]!, dims[1]!];
  const weights = Float32Array.from(values, (_, i) => {
    const [row, column] = [Math.floor(i / outputs), i % outputs];
    return factor * (isTurned ? values[column * inputs + row]! : values[i]!);
  });
  return { node, kind: 'Gemm', weights, dims: [inputs, outputs], axis: 1, bias };
}
