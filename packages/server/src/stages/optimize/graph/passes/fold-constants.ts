import { ownValue } from '@slipway/contract';
import type { NamedTensor } from '../../model.ts';
import type { GraphRunner } from '../../ports.ts';
import { bytesOf } from '../constants.ts';
import { withoutUnread } from '../edit-graph.ts';
import {
  type Constant,
  ELEMENT,
  type Graph,
  type GraphNode,
  isStandard,
  readsOf,
  subGraphsOf,
  writeGraph,
} from '../graph.ts';

/** Not the same each time, or smaller as they are: quantized weights, and shapes that are filled up. */
const LEFT_ALONE = /^(Random.*|Multinomial|Bernoulli|Dropout|DequantizeLinear)$/;

/** A folded value may be larger than what it was made of by this much, or the model would grow. */
const MOST_GROWTH_BYTES = 64 * 1024;

/**
 * Computes once what depends on constants alone. The runtime that will run the model does the sums, so that every operator
 * folds and to the same bits.
 */
export async function foldConstants(graph: Graph, runner: GraphRunner): Promise<Graph> {
  const literal = withLiterals(graph);
  const known = new Set(literal.constants.keys());
  const foldable = literal.nodes.filter((node) => {
    if (!isFoldable(node, known) || isWidened(node, literal)) return false;
    for (const name of node.output) known.add(name);
    return true;
  });
  if (foldable.length === 0) return literal;
  const rest = new Set(literal.nodes.filter((node) => !foldable.includes(node)).flatMap(readsOf));
  const wanted = foldable.flatMap(({ output }) => output).filter((name) => name !== '' && rest.has(name));
  const values = await valuesOf(literal, foldable, wanted, runner);
  const limit = MOST_GROWTH_BYTES + sourceBytes(literal, foldable);
  if (values === undefined || values.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > limit)
    return literal;
  const constants = new Map(literal.constants);
  for (const value of values) constants.set(value.name, constantOf(value));
  const made = new Set(values.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  // What makes a value that could not be folded stays.
  const nodes = literal.nodes.filter(
    (node) =>
      !foldable.includes(node) ||
      node.output.some((name) => outputs.has(name) || (wanted.includes(name) && !made.has(name))),
  );
  if (nodes.some((node) => foldable.includes(node))) return literal;
  return withoutUnread({ ...literal, nodes, constants });
}

/** Constant nodes that hold a tensor as constants. */
function withLiterals(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const tensor = node.attribute.find(({ name }) => name === 'value')?.t;
    if (!isStandard(node, 'Constant') || tensor === undefined || outputs.has(node.output[0]!)) return true;
    constants.set(node.output[0]!, tensor);
    return false;
  });
  return { ...graph, nodes, constants };
}

function isFoldable(node: GraphNode, known: ReadonlySet<string>): boolean {
  if ((node.domain ?? '') !== '' || LEFT_ALONE.test(node.opType) || subGraphsOf(node).length > 0)
    return false;
  return node.input.every((name) => name === '' || known.has(name));
}

/** Weights kept in halves are widened where they are used: that is what makes the file small. */
function isWidened(node: GraphNode, { constants }: Graph): boolean {
  return isStandard(node, 'Cast') && constants.get(node.input[0]!)?.dataType === ELEMENT.float16;
}

async function valuesOf(
  graph: Graph,
  nodes: GraphNode[],
  wanted: readonly string[],
  runner: GraphRunner,
): Promise<NamedTensor[] | undefined> {
  if (wanted.length === 0) return [];
  const outputs = wanted.map((name) => ({ name }));
  const open = await runner
    .open(writeGraph(withoutUnread({ ...graph, nodes, inputs: [], outputs })))
    .catch(() => undefined); // some operators give what is no tensor
  if (open === undefined) return undefined;
  try {
    const values = await open.run([]);
    return values.length === wanted.length && values.every(isPlain) ? values : undefined;
  } catch {
    return undefined;
  } finally {
    open.close();
  }
}

function isPlain({ type }: NamedTensor): boolean {
  return type !== 'string' && Object.hasOwn(ELEMENT, type);
}

function constantOf({ type, shape, bytes }: NamedTensor): Constant {
  return { dims: [...shape], dataType: ownValue<number>(ELEMENT, type)!, rawData: bytes };
}

function sourceBytes({ constants }: Graph, nodes: readonly GraphNode[]): number {
  const names = new Set(nodes.flatMap(({ input }) => input));
  return [...names].reduce((sum, name) => {
    const constant = constants.get(name);
    return constant === undefined ? sum : sum + bytesOf(constant);
  }, 0);
}
