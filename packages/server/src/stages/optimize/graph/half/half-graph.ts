import { intAttribute } from '../attributes.ts';
import { dimsOf, floatsOf, rawConstant } from '../constants.ts';
import { freshNames, renameReads } from '../edit-graph.ts';
import { type Constant, ELEMENT, type Graph, type GraphNode } from '../graph.ts';
import type { Seen } from '../seen.ts';
import { fitsHalf } from './half-weights.ts';
import { toHalf } from './to-half.ts';

/** Operators that take or make no halves, or lose too much by them. */
const STAYS_FLOAT = [
  'Resize',
  'Upsample',
  'TopK',
  'NonMaxSuppression',
  'RoiAlign',
  'CumSum',
  'Range',
  'Min',
  'Max',
  'Mean',
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Multinomial',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'Cast',
  'BatchNormalization',
];

/**
 * Computes in halves: float32 constants and values become float16, inputs and outputs stay float32. Operators that need
 * float32 get it by casts. Undefined where nothing is float32.
 */
export function halfGraph(graph: Graph, seen: Seen): Graph | undefined {
  const isFloat = (name: string) => seen.get(name)?.type === 'float32' && !graph.constants.has(name);
  const staying = new Set(graph.nodes.filter((node) => staysFloat(graph, node)));
  const narrow = graph.nodes.filter((node) => !staying.has(node) && touchesFloat(graph, node, isFloat));
  if (narrow.length === 0) return undefined;
  const fresh = freshNames(graph);
  const constants = new Map<string, Constant>(graph.constants);
  const halves = new Map<string, string>();
  const nodes: GraphNode[] = [];
  /** The half of a value or constant, made when first asked for. */
  const half = (name: string): string => {
    const known = halves.get(name);
    if (known !== undefined) return known;
    const made = fresh(`${name}_half`);
    halves.set(name, made);
    const values = floatsOf(graph.constants.get(name));
    if (values === undefined) nodes.push(cast(name, made, ELEMENT.float16));
    else constants.set(made, rawConstant('float16', toHalf(values), dimsOf(graph.constants.get(name)!)));
    return made;
  };
  const isFloatConstant = (name: string) => graph.constants.get(name)?.dataType === ELEMENT.float32;
  const narrowed = new Set(narrow);
  const wideReads = wideReadsOf(graph, narrowed);
  for (const node of graph.nodes) {
    if (!narrowed.has(node)) {
      nodes.push(node);
      continue;
    }
    const names = new Map(
      node.input
        .filter((name) => name !== '' && (isFloat(name) || isFloatConstant(name)))
        .map((name) => [name, half(name)]),
    );
    const outputs = node.output.map((name) => (name !== '' && isFloat(name) ? fresh(`${name}_half`) : name));
    nodes.push({ ...renameReads(node, names), output: outputs });
    for (const [at, name] of node.output.entries()) {
      if (outputs[at] === name) continue;
      halves.set(name, outputs[at]!);
      if (wideReads.has(name)) nodes.push(cast(outputs[at]!, name, ELEMENT.float32));
    }
  }
  const used = new Set(nodes.flatMap(({ input }) => input));
  const kept = [...constants].filter(([name]) => used.has(name));
  return { ...graph, nodes, constants: new Map(kept) };
}

function staysFloat({ constants }: Graph, node: GraphNode): boolean {
  if ((node.domain ?? '') !== '' || STAYS_FLOAT.includes(node.opType)) return true;
  if (node.attribute.some(({ t }) => t?.dataType === ELEMENT.float32)) return true;
  return node.input.some((name) => {
    const values = floatsOf(constants.get(name));
    return values !== undefined && !fitsHalf(values);
  });
}

function touchesFloat(
  { constants }: Graph,
  { input, output }: GraphNode,
  isFloat: (name: string) => boolean,
): boolean {
  return (
    output.some(isFloat) ||
    input.some((name) => isFloat(name) || constants.get(name)?.dataType === ELEMENT.float32)
  );
}

/** Values that something reads as float32: outputs, and what stays in float32. */
function wideReadsOf({ nodes, outputs }: Graph, narrowed: ReadonlySet<GraphNode>): Set<string> {
  const wide = nodes.filter((node) => !narrowed.has(node)).flatMap(({ input }) => input);
  return new Set([...outputs.map(({ name }) => name), ...wide]);
}

function cast(input: string, output: string, to: number): GraphNode {
  return {
    name: '',
    opType: 'Cast',
    domain: '',
    input: [input],
    output: [output],
    attribute: [intAttribute('to', to)],
  };
}
