import { fail } from '@slipway/contract';
import { decodeModel, encodeModel } from './onnx-schema.ts';

/** TensorProto.DataType, of the types that passes look at. */
export const ELEMENT = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** A constant. 64-bit numbers are decimal text; which field holds the values is what the writer chose. */
export type Constant = {
  name?: string;
  dims: (number | string)[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: (number | string)[];
  doubleData?: number[];
  uint64Data?: (number | string)[];
  stringData?: Uint8Array[];
};

export type Attribute = {
  name: string;
  type: number;
  f?: number;
  i?: number | string;
  s?: Uint8Array;
  t?: Constant;
  g?: SubGraph;
  floats?: number[];
  ints?: (number | string)[];
  strings?: Uint8Array[];
  graphs?: SubGraph[];
};

export type GraphNode = {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
};

/** The body of a branch or a loop. It may read values of the graph around it. */
export type SubGraph = { node: GraphNode[]; output: { name: string }[] };

export type GraphValue = {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: { dimValue?: string; dimParam?: string }[] } } };
};

/** What is kept as it was read. */
type Envelope = {
  irVersion: number | string;
  opsetImport: { domain?: string; version: number | string }[];
  graph: Record<string, unknown>;
};

/**
 * A graph that passes make into another one; none of them changes the graph it is given. `constants` are in no order,
 * `nodes` in one in which they can be run.
 */
export type Graph = {
  envelope: Envelope;
  /** Of the standard operators. */
  opset: number;
  nodes: GraphNode[];
  constants: ReadonlyMap<string, Constant>;
  inputs: readonly GraphValue[];
  outputs: readonly GraphValue[];
};

type RawModel = Envelope & {
  graph: { node: GraphNode[]; initializer: Constant[]; input: GraphValue[]; output: GraphValue[] };
};

/** Initializers need not be inputs as well since IR version 4. */
const LEAST_IR_VERSION = 4;

/** Reads a model that was looked through before. Throws `optimize.unfit` where it is none. */
export function readGraph(model: Uint8Array): Graph {
  const raw = decoded(model);
  const { node, initializer, input, output, ...rest } = raw.graph;
  const constants = new Map(initializer.map((tensor) => [tensor.name!, tensor]));
  const standard = raw.opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  return {
    envelope: { ...raw, graph: rest },
    opset: Number(standard?.version ?? 0),
    nodes: node.map((each) => (each.domain === 'ai.onnx' ? { ...each, domain: '' } : each)),
    constants,
    inputs: input.filter(({ name }) => !constants.has(name)),
    outputs: output,
  };
}

export function writeGraph({ envelope, nodes, constants, inputs, outputs }: Graph): Uint8Array {
  const initializer = [...constants].map(([name, tensor]) => ({ ...tensor, name }));
  const { valueInfo: _stale, ...rest } = envelope.graph;
  return encodeModel({
    ...envelope,
    irVersion: Math.max(LEAST_IR_VERSION, Number(envelope.irVersion)),
    graph: { ...rest, node: nodes, initializer, input: inputs, output: outputs },
  });
}

function decoded(model: Uint8Array): RawModel {
  try {
    return decodeModel(model) as RawModel;
  } catch (cause) {
    throw fail('optimize.unfit', { reason: 'its graph cannot be read' }, { cause });
  }
}

/** Names of all values that a node reads, those that only the graphs inside it read among them. */
export function readsOf(node: GraphNode): string[] {
  const inner = subGraphsOf(node).flatMap(({ node: nodes, output }) => [
    ...nodes.flatMap(readsOf),
    ...output.map(({ name }) => name),
  ]);
  return [...node.input, ...inner];
}

export function subGraphsOf(node: GraphNode): SubGraph[] {
  return node.attribute.flatMap(({ g, graphs = [] }) => (g === undefined ? graphs : [g, ...graphs]));
}

export function hasSubGraphs({ nodes }: Graph): boolean {
  return nodes.some((node) => subGraphsOf(node).length > 0);
}

export function isStandard(node: GraphNode, ...opTypes: string[]): boolean {
  return (node.domain ?? '') === '' && opTypes.includes(node.opType);
}
