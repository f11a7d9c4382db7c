import { floatOf, intOf } from '../attributes.ts';
import { dimsOf, floatConstant, floatsOf } from '../constants.ts';
import { countReads, makersOf, rewriteGraph } from '../edit-graph.ts';
import { type Graph, type GraphNode, isStandard } from '../graph.ts';

type Linear = { node: GraphNode; weights: Float32Array; bias: Float32Array; axis: number };

/**
 * Puts a BatchNormalization into the weights of the Conv or Gemm before it: with s = scale / sqrt(variance + epsilon), w
 * becomes w · s and b becomes (b - mean) · s + shift, channel by channel.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const makers = makersOf(graph);
  const reads = countReads(graph);
  const folded = new Map<GraphNode, Linear>();
  for (const node of graph.nodes) {
    if (!isStandard(node, 'BatchNormalization') || intOf(node, 'training_mode', 0) === 1) continue;
    if (node.output.slice(1).some((name) => reads.has(name)) || reads.get(node.input[0]!) !== 1) continue;
    const linear = linearOf(graph, makers.get(node.input[0]!));
    const factors = linear && factorsOf(graph, node, linear.bias.length);
    if (linear && factors) folded.set(node, scaled(graph, linear, factors));
  }
  if (folded.size === 0) return graph;
  const gone = new Set([...folded.values()].map(({ node }) => node));
  return rewriteGraph(graph, (node, make) => {
    if (gone.has(node)) return [];
    const linear = folded.get(node);
    if (linear === undefined) return undefined;
    const { node: before, weights, bias } = linear;
    const dims = dimsOf(graph.constants.get(before.input[1]!)!);
    const names = [
      make.constant(`${before.input[1]}_folded`, floatConstant(weights, dims)),
      make.constant(`${before.output[0]}_bias`, floatConstant(bias)),
    ];
    return [{ ...before, input: [before.input[0]!, ...names], output: [node.output[0]!] }];
  });
}

/** A Conv, or a Gemm that neither scales nor turns its input, of constants. */
function linearOf({ constants }: Graph, node: GraphNode | undefined): Linear | undefined {
  if (node === undefined || !isStandard(node, 'Conv', 'Gemm')) return undefined;
  const matrix = constants.get(node.input[1]!);
  const weights = floatsOf(matrix);
  if (matrix === undefined || weights === undefined) return undefined;
  const isGemm = isStandard(node, 'Gemm');
  if (isGemm && (floatOf(node, 'alpha', 1) !== 1 || floatOf(node, 'beta', 1) !== 1)) return undefined;
  if (isGemm && intOf(node, 'transA', 0) === 1) return undefined;
  const axis = isGemm && intOf(node, 'transB', 0) === 0 ? 1 : 0;
  const channels = dimsOf(matrix)[axis]!;
  const hasBias = (node.input[2] ?? '') !== '';
  const bias = hasBias ? floatsOf(constants.get(node.input[2]!)) : new Float32Array(channels);
  return bias?.length === channels ? { node, weights, bias, axis } : undefined;
}

type Factors = { by: Float64Array; shift: Float32Array; mean: Float32Array };

function factorsOf({ constants }: Graph, node: GraphNode, channels: number): Factors | undefined {
  const [scale, shift, mean, variance] = node.input.slice(1, 5).map((name) => floatsOf(constants.get(name)));
  if (!scale || !shift || !mean || !variance || scale.length !== channels) return undefined;
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const by = Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + epsilon));
  return { by, shift, mean };
}

function scaled({ constants }: Graph, linear: Linear, { by, shift, mean }: Factors): Linear {
  const { node, weights, bias, axis } = linear;
  const dims = dimsOf(constants.get(node.input[1]!)!);
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  return {
    ...linear,
    weights: weights.map((value, i) => value * by[Math.floor(i / inner) % by.length]!),
    bias: bias.map((value, c) => (value - mean[c]!) * by[c]! + shift[c]!),
  };
}
