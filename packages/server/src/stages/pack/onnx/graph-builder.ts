import {
  ELEMENT,
  type ElementType,
  encodeOnnx,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-model.ts';

export const ML_DOMAIN = 'ai.onnx.ml';

/**
 * The oldest sets that hold every operator we use, so that runtimes since ONNX Runtime 1.9 (2021) load the graph:
 * TreeEnsembleRegressor takes doubles since ai.onnx.ml 3. See docs/adr/0008-one-onnx-graph-over-raw-columns.md.
 */
const OPSET = 13;
const ML_OPSET = 3;

/** Of the file, and from which set of operators on it is the next one. */
const IR_VERSION = 8;
const NEXT_IR_OPSET = 20;

/** What is written so far. Names that callers see are reserved first; inner names never collide with them. */
export type GraphBuilder = {
  /** Adds a node with one output and returns the output's name; the same operation on the same inputs is one node. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: OnnxAttribute[],
    options?: NodeOptions,
  ): string;
  /** Adds a node with `count` outputs and returns their names. */
  nodes(opType: string, inputs: readonly string[], count: number, attributes?: OnnxAttribute[]): string[];
  /** Says that an operator needs this set of the standard ones, or a later one. */
  needs(opset: number): void;
  /** Adds a constant and returns its name; equal constants are stored once. */
  constant(tensor: OnnxTensor): string;
  input(name: string, element: ElementType, dims: (number | string)[]): void;
  /** Declares an output, of one value a row unless told. */
  output(name: string, element: ElementType, dims?: (number | string)[]): void;
  /** What was built as the body of a node, whose names the rest of the graph does not share. */
  body(name: string): OnnxGraph;
  finish(name: string, metadata: Record<string, string>): Uint8Array;
};

type NodeOptions = {
  domain?: string;
  output?: string;
  /** Further outputs that the operator has and nobody reads. */
  unused?: number;
};

export function newGraphBuilder(reserved: Iterable<string>): GraphBuilder {
  const taken = new Set(reserved);
  const nodes: OnnxNode[] = [];
  const plainNodes = new Map<string, string>();
  const constants = new Map<string, OnnxTensor & { name: string }>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  let opset = OPSET;
  const fresh = (stem: string) => {
    let index = taken.size;
    while (taken.has(`${stem}_${index}`)) index++;
    const name = `${stem}_${index}`;
    taken.add(name);
    return name;
  };

  const body = (name: string): OnnxGraph => ({
    name,
    node: nodes,
    initializer: [...constants.values()],
    input: inputs,
    output: outputs,
  });

  return {
    node(opType, from, attributes = [], options = {}) {
      const isPlain = attributes.length === 0 && options.output === undefined;
      const key = JSON.stringify([opType, ...from]);
      const known = isPlain ? plainNodes.get(key) : undefined;
      if (known !== undefined) return known;
      const output = options.output ?? fresh(opType.toLowerCase());
      if (isPlain) plainNodes.set(key, output);
      nodes.push({
        name: `${opType}_${nodes.length}`,
        opType,
        domain: options.domain ?? '',
        input: [...from],
        output: [output, ...Array.from({ length: options.unused ?? 0 }, () => fresh('unused'))],
        attribute: attributes,
      });
      return output;
    },
    nodes(opType, from, count, attributes = []) {
      const output = Array.from({ length: count }, () => fresh(opType.toLowerCase()));
      nodes.push({
        name: `${opType}_${nodes.length}`,
        opType,
        domain: '',
        input: [...from],
        output,
        attribute: attributes,
      });
      return output;
    },
    needs(wanted) {
      opset = Math.max(opset, wanted);
    },
    constant(tensor) {
      const key = JSON.stringify([tensor.dataType, tensor.dims, textOf(tensor)]);
      const known = constants.get(key)?.name;
      const name = known ?? fresh('constant');
      if (known === undefined) constants.set(key, { ...tensor, name });
      return name;
    },
    input(name, element, dims) {
      inputs.push(valueInfo(name, element, dims));
    },
    output(name, element, dims = ['rows']) {
      outputs.push(valueInfo(name, element, dims));
    },
    body,
    finish(name, metadata) {
      const model: OnnxModel = {
        irVersion: opset < NEXT_IR_OPSET ? IR_VERSION : IR_VERSION + 1,
        producerName: 'slipway',
        producerVersion: '',
        opsetImport: [
          { domain: '', version: opset },
          { domain: ML_DOMAIN, version: ML_OPSET },
        ],
        graph: body(name),
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      };
      return encodeOnnx(model);
    },
  };
}

function valueInfo(name: string, element: ElementType, dims: (number | string)[]): OnnxValue {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim } } } };
}

function textOf(tensor: OnnxTensor): string {
  const parts = tensor.rawData ? [tensor.rawData] : (tensor.stringData ?? []);
  return parts.map((part) => Buffer.from(part).toString('base64')).join();
}
