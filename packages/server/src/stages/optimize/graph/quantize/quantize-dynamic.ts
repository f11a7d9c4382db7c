import { intAttribute } from '../attributes.ts';
import { floatConstant, rawConstant } from '../constants.ts';
import { type Rewriter, rewriteGraph } from '../edit-graph.ts';
import { ELEMENT, type Graph, type GraphNode } from '../graph.ts';
import { type Product, productsOf } from './products.ts';
import { quantizeWeights } from './quantize-weights.ts';

/**
 * Weights as int8, channel by channel; what they are multiplied with is made uint8 at each run, by its own range
 * (DynamicQuantizeLinear, MatMulInteger, ConvInteger). The nodes are in the order in which ONNX Runtime fuses them.
 *
 * Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference".
 */
export function quantizeDynamic(graph: Graph, kinds: readonly Product['kind'][]): Graph {
  const products = new Map(
    productsOf(graph)
      .filter(({ kind }) => kinds.includes(kind))
      .map((product) => [product.node, product]),
  );
  const bytes = new Map<string, GraphNode>();
  return rewriteGraph(graph, (node, make) => {
    const product = products.get(node);
    if (product === undefined) return undefined;
    const input = node.input[0]!;
    const known = bytes.get(input);
    const asBytes = known ?? quantizeInput(input, make);
    bytes.set(input, asBytes);
    const rest = multiply(product, asBytes.output as Bytes, make);
    return known === undefined ? [asBytes, ...rest] : rest;
  });
}

/** uint8 values, scale, zero point. */
type Bytes = [values: string, scale: string, zero: string];

function quantizeInput(input: string, make: Rewriter): GraphNode {
  const node = make.node('DynamicQuantizeLinear', [input]);
  const [values] = node.output as [string];
  return { ...node, output: [values, `${values}_scale`, `${values}_zero`] };
}

function multiply(product: Product, [values, scale, zero]: Bytes, make: Rewriter): GraphNode[] {
  const { node, kind, weights, dims, axis, bias } = product;
  const isConv = kind === 'Conv';
  const quantized = quantizeWeights(weights, dims, axis);
  const stem = node.input[1]!;
  const matrix = make.constant(`${stem}_int8`, rawConstant('int8', quantized.values, dims));
  const spread = isConv ? [1, dims[0]!, ...dims.slice(2).map(() => 1)] : [dims[1]!];
  const scales = make.constant(`${stem}_scales`, floatConstant(quantized.scales, spread));
  const whole = make.node(
    isConv ? 'ConvInteger' : 'MatMulInteger',
    [values, matrix, zero],
    isConv ? node.attribute : [],
  );
  const both = make.node('Mul', [scale, scales]);
  const cast = make.node('Cast', [whole.output[0]!], [intAttribute('to', ELEMENT.float32)]);
  const output = node.output[0]!;
  if (bias === '')
    return [whole, both, cast, make.node('Mul', [cast.output[0]!, both.output[0]!], [], output)];
  const scaled = make.node('Mul', [cast.output[0]!, both.output[0]!]);
  if (!isConv) return [whole, both, cast, scaled, make.node('Add', [scaled.output[0]!, bias], [], output)];
  const shape = make.constant(`${stem}_bias_shape`, int64Of(spread));
  const shaped = make.node('Reshape', [bias, shape]);
  return [
    whole,
    both,
    cast,
    scaled,
    shaped,
    make.node('Add', [scaled.output[0]!, shaped.output[0]!], [], output),
  ];
}

function int64Of(values: number[]) {
  return rawConstant('int64', BigInt64Array.from(values, BigInt), [values.length]);
}
