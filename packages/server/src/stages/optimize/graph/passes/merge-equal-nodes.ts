import { createHash } from 'node:crypto';
import { bytesOf, dimsOf, rawBytes, sizeOf } from '../constants.ts';
import { renameReads, withoutUnread } from '../edit-graph.ts';
import { type Constant, type Graph, type GraphNode, subGraphsOf } from '../graph.ts';

/** Answers of these differ from run to run. */
const CHANCE = /^(Random|Multinomial|Bernoulli|Dropout)/;

/** Keeps one of several nodes that do the same with the same values, and one of several equal constants. */
export function mergeEqualNodes(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const names = equalConstants(graph.constants, outputs);
  const known = new Map<string, GraphNode>();
  const nodes: GraphNode[] = [];
  for (const each of graph.nodes) {
    const node = renameReads(each, names);
    const first = isComparable(node) ? known.get(keyOf(node)) : undefined;
    if (first === undefined || node.output.some((name) => outputs.has(name))) {
      if (isComparable(node) && first === undefined) known.set(keyOf(node), node);
      nodes.push(node);
    } else for (const [at, name] of node.output.entries()) names.set(name, first.output[at]!);
  }
  return names.size === 0 ? graph : withoutUnread({ ...graph, nodes });
}

function isComparable(node: GraphNode): boolean {
  return !CHANCE.test(node.opType) && subGraphsOf(node).length === 0;
}

function keyOf({ opType, domain = '', input, output, attribute }: GraphNode): string {
  const attributes = attribute.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(textOf);
  const present = output.map((name) => name !== '');
  return JSON.stringify([domain, opType, input, present, attributes]);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part,
  );
}

function equalConstants(
  constants: ReadonlyMap<string, Constant>,
  outputs: ReadonlySet<string>,
): Map<string, string> {
  const first = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [name, constant] of constants) {
    if (!isKnown(constant)) continue;
    const key = hashOf(constant);
    const known = first.get(key);
    if (known === undefined) first.set(key, name);
    else if (!outputs.has(name)) names.set(name, known);
  }
  return names;
}

/** Whether its values were found. Two of which nothing was found would look equal. */
function isKnown(constant: Constant): boolean {
  const isText = (constant.stringData ?? []).length > 0;
  return isText || rawBytes(constant).byteLength > 0 || sizeOf(dimsOf(constant)) === 0;
}

function hashOf(constant: Constant): string {
  const hash = createHash('sha256').update(
    `${constant.dataType} ${constant.dims.join()} ${bytesOf(constant)} `,
  );
  for (const text of constant.stringData ?? []) hash.update(`${text.byteLength} `).update(text);
  if ((constant.stringData ?? []).length === 0) hash.update(rawBytes(constant));
  return hash.digest('base64');
}
