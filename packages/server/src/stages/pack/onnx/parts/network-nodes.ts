import type { Activation, DenseLayer, Part } from '../../../train/index.ts';
import { cast } from '../feature-nodes.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { floatTensor } from '../tensors.ts';
import { addDenseInputs } from './dense-nodes.ts';
import type { PartSite } from './part-site.ts';

/** A network in single precision, which runtimes have fast kernels for; its inputs are made in double. */
export function addNetwork({ graph, features }: PartSite, part: Extract<Part, { kind: 'network' }>): string {
  const inputs = cast(graph, addDenseInputs(graph, part.inputs, features), 'float');
  const margins = part.layers.reduce((values, layer) => addLayer(graph, layer, values), inputs);
  return cast(graph, margins, 'double');
}

function addLayer(graph: GraphBuilder, { weights, bias, activation }: DenseLayer, input: string): string {
  const matrix = graph.constant(floatTensor(weights, [weights.length / bias.length, bias.length]));
  const sums = graph.node('Gemm', [input, matrix, graph.constant(floatTensor(bias))]);
  return ACTIVATE[activation](graph, sums);
}

const ACTIVATE: Record<Activation, (graph: GraphBuilder, x: string) => string> = {
  identity: (_, x) => x,
  relu: (graph, x) => graph.node('Relu', [x]),
  silu: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
};
