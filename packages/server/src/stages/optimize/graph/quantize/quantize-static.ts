import { intAttribute } from '../attributes.ts';
import { floatConstant, floatsOf, rawConstant } from '../constants.ts';
import { countReads, freshNames, readersOf, withoutUnread } from '../edit-graph.ts';
import { type Constant, type Graph, type GraphNode, isStandard } from '../graph.ts';
import { type Product, productsOf } from './products.ts';
import { quantizeWeights } from './quantize-weights.ts';
import type { Range } from './ranges.ts';

/** Scales along an axis are in the standard since this set of operators. */
export const LEAST_OPSET = 13;

/** What comes out of these are values that went in, so they keep their scale. */
const HANDS_ON = ['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze'] as const;
/** ONNX Runtime does these in whole numbers when what comes in and goes out is quantized. */
const COMPUTES = ['Add', 'GlobalAveragePool', 'AveragePool', 'Sigmoid', 'LeakyRelu'] as const;
/** A range that starts at zero says the same as these, and the runtime leaves them out. */
const ENDS_IN = ['Relu'] as const;

/** Values that are quantized, in the order of the graph; `as` names the value whose range is theirs. */
export type QuantizedValue = { name: string; as: string };

/**
 * What is to be quantized: what goes into products and what comes out of them, behind the activation where one follows at
 * once, and what lies between. Outputs of the graph stay as they are.
 */
export function quantizedValues(graph: Graph): QuantizedValue[] {
  const products = new Set(productsOf(graph).map(({ node }) => node));
  const values = new Map<string, string>();
  const add = (name: string, as = name) => {
    if (!values.has(name) && !graph.constants.has(name)) values.set(name, as);
  };
  for (const node of products) add(node.input[0]!);
  for (const node of graph.nodes) {
    if (products.has(node)) add(endOf(graph, node));
    const [input] = node.input as [string];
    if (isStandard(node, ...HANDS_ON) && values.has(input)) add(node.output[0]!, values.get(input)!);
    if (isStandard(node, ...COMPUTES) && node.input.every((name) => values.has(name)))
      add(endOf(graph, node));
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return [...values].flatMap(([name, as]) => (outputs.has(name) ? [] : [{ name, as }]));
}

/** The value behind an activation that alone reads what the node makes, else what the node makes. */
function endOf(graph: Graph, node: GraphNode): string {
  const [output] = node.output as [string];
  const [next, ...others] = readersOf(graph).get(output) ?? [];
  const isOutput = graph.outputs.some(({ name }) => name === output);
  return next !== undefined && others.length === 0 && !isOutput && isStandard(next, ...ENDS_IN)
    ? next.output[0]!
    : output;
}

/**
 * Weights as int8 channel by channel, values as uint8 by ranges seen while calibrating; QuantizeLinear and DequantizeLinear
 * stand around every value (QDQ), which ONNX Runtime fuses into operators on whole numbers and other runtimes run as it is.
 */
export function quantizeStatic(graph: Graph, ranges: ReadonlyMap<string, Range>): Graph {
  const fresh = freshNames(graph);
  const constants = new Map<string, Constant>(graph.constants);
  const constant = (stem: string, value: Constant) => {
    const name = fresh(stem);
    constants.set(name, value);
    return name;
  };
  const quantizers = new Map<string, { nodes: GraphNode[]; read: string; scale: number }>();
  for (const { name, as } of quantizedValues(graph)) {
    const range = ranges.get(as);
    if (range === undefined || range.high - range.low === 0) continue;
    const { scale, zero } = stepsOf(range);
    const parameters = [
      constant(`${name}_scale`, floatConstant([scale], [])),
      constant(`${name}_zero`, rawConstant('uint8', Uint8Array.of(zero), [])),
    ];
    const [bytes, read] = [fresh(`${name}_bytes`), fresh(`${name}_told`)];
    const nodes = [
      plain('QuantizeLinear', [name, ...parameters], bytes),
      plain('DequantizeLinear', [bytes, ...parameters], read),
    ];
    quantizers.set(name, { nodes, read, scale });
  }
  const products = new Map(productsOf(graph).map((product) => [product.node, product]));
  const reads = countReads(graph);
  const rewritten = graph.nodes.flatMap((node) => {
    const product = products.get(node);
    const scale = quantizers.get(node.input[0]!)?.scale;
    const input = node.input.map((name) => quantizers.get(name)?.read ?? name);
    const after = node.output.flatMap((name) => (reads.has(name) ? (quantizers.get(name)?.nodes ?? []) : []));
    if (product === undefined || scale === undefined) return [{ ...node, input }, ...after];
    return [...weigh(product, { ...node, input }, { scale, constant, constants, fresh }), ...after];
  });
  const first = graph.inputs.flatMap(({ name }) => quantizers.get(name)?.nodes ?? []);
  return withoutUnread({ ...graph, nodes: [...first, ...rewritten], constants });
}

type Site = {
  scale: number;
  constant: (stem: string, value: Constant) => string;
  constants: ReadonlyMap<string, Constant>;
  fresh: (stem: string) => string;
};

function weigh(product: Product, node: GraphNode, site: Site): GraphNode[] {
  const { weights, dims, axis, kind, bias } = product;
  const { values, scales } = quantizeWeights(weights, dims, axis);
  const stem = product.node.input[1]!;
  const parameters = [
    site.constant(`${stem}_int8`, rawConstant('int8', values, dims)),
    site.constant(`${stem}_scales`, floatConstant(scales)),
    site.constant(`${stem}_zeros`, rawConstant('int8', new Int8Array(scales.length), [scales.length])),
  ];
  const told = site.fresh(`${stem}_told`);
  const nodes = [plain('DequantizeLinear', parameters, told, axis)];
  const input = [node.input[0]!, told];
  const offsets = floatsOf(site.constants.get(bias));
  if (offsets !== undefined && offsets.length === scales.length) {
    const biasScales = scales.map((each) => each * site.scale);
    const whole = Int32Array.from(offsets, (value, c) => clampInt32(Math.round(value / biasScales[c]!)));
    const offset = site.fresh(`${bias}_told`);
    const names = [
      site.constant(`${bias}_int32`, rawConstant('int32', whole, [whole.length])),
      site.constant(`${bias}_scales`, floatConstant(biasScales)),
      site.constant(`${bias}_zeros`, rawConstant('int32', new Int32Array(whole.length), [whole.length])),
    ];
    nodes.push(plain('DequantizeLinear', names, offset, 0));
    input.push(offset);
  } else if (bias !== '') input.push(node.input[2]!);
  // The factor and the turn of a Gemm are in the weights already.
  const attribute = kind === 'Gemm' ? [] : node.attribute;
  return [...nodes, { ...node, input, attribute }];
}

/** The step and the place of zero of 256 values over the range, which holds zero. */
function stepsOf({ low, high }: Range): { scale: number; zero: number } {
  const scale = Math.fround((high - low) / 255);
  return { scale, zero: Math.max(0, Math.min(255, Math.round(-low / scale))) };
}

function clampInt32(value: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));
}

function plain(opType: string, input: string[], output: string, axis?: number): GraphNode {
  const attribute = axis === undefined ? [] : [intAttribute('axis', axis)];
  return { name: '', opType, domain: '', input, output: [output], attribute };
}
