import { fail, type SlipwayError } from '@slipway/contract';
import type { RawFunction, RawGraph, RawModel, RawNode } from './outline-schema.ts';
import { ONNX_LIMITS } from './scan-onnx.ts';

/** Domains whose operators are built into ONNX Runtime. */
const BUILT_IN_DOMAINS = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.nchwc',
  'com.microsoft.experimental',
  'com.ms.internal.nhwc',
]);

/**
 * Refuses graphs that cannot be run or would not end being made ready: names given twice, nodes or functions that wait for
 * themselves, functions that grow without measure, operators that only a library of somebody's knows.
 *
 * Throws `model.refused` and `model.custom-operators`. Returns how many nodes there are when every function is written out.
 */
export function checkGraph(
  model: RawModel,
  graph: RawGraph,
  file: string,
  maxNodes = ONNX_LIMITS.nodes,
): number {
  const refused = (reason: string) => fail('model.refused', { file, reason });
  const functions = functionsOf(model, refused);
  checkOperators(graph, model.functions, functions, file);
  checkNames(graph, refused);
  for (const { node, input } of [graphAsBody(graph), ...model.functions]) checkOrder(node, input, refused);
  return countNodes(graph.node, functions, { maxNodes, refused });
}

type Refuse = (reason: string) => SlipwayError;
type Functions = ReadonlyMap<string, RawFunction>;

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

function functionsOf(model: RawModel, refused: Refuse): Functions {
  const functions = new Map<string, RawFunction>();
  for (const each of model.functions) {
    const key = keyOf(each.domain, each.name, each.overload);
    if (functions.has(key)) throw refused(`the function ${each.name} is there twice`);
    functions.set(key, each);
  }
  return functions;
}

function checkOperators(
  graph: RawGraph,
  bodies: readonly RawFunction[],
  functions: Functions,
  file: string,
): void {
  const unknown = new Map<string, Set<string>>();
  const visit = (nodes: readonly RawNode[]): void => {
    for (const node of nodes) {
      const isKnown =
        BUILT_IN_DOMAINS.has(node.domain) || functions.has(keyOf(node.domain, node.opType, node.overload));
      if (!isKnown) {
        const names = unknown.get(node.domain) ?? new Set();
        unknown.set(node.domain, names.add(node.opType));
      }
      for (const inner of graphsOf(node)) visit(inner.node);
    }
  };
  visit(graph.node);
  for (const { node } of bodies) visit(node);
  const [first] = unknown;
  if (first === undefined) return;
  const [domain, names] = first;
  const operators = [...names].slice(0, 10).join(', ');
  throw fail('model.custom-operators', { file, domain, operators });
}

function graphsOf({ attribute }: RawNode): RawGraph[] {
  return attribute.flatMap(({ g, graphs }) => (g === null ? graphs : [g, ...graphs]));
}

function checkNames(graph: RawGraph, refused: Refuse): void {
  const { input, output, initializer, sparseInitializer } = graph;
  const once = (what: string, names: readonly string[]) => {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw refused(`the ${what} "${name.slice(0, 100)}" is there twice`);
      seen.add(name);
    }
  };
  once('input', names(input));
  once('output', names(output));
  once('constant', [...names(initializer), ...sparseInitializer.map(({ values }) => values?.name ?? '')]);
  const made = graph.node.flatMap((node) => node.output.filter((name) => name !== ''));
  once('value', [...new Set([...names(input), ...names(initializer)]), ...made]);
  const unnamed = [...input, ...output].some(({ name }) => name === '');
  if (unnamed) throw refused('an input or output has no name');
}

function names(values: readonly { name: string }[]): string[] {
  return values.map(({ name }) => name);
}

function graphAsBody(graph: RawGraph): { node: RawNode[]; input: string[] } {
  return { node: graph.node, input: [...names(graph.input), ...names(graph.initializer)] };
}

/** Every node can be run at some time: Kahn's algorithm over the values that nodes make and take. */
function checkOrder(nodes: readonly RawNode[], given: readonly string[], refused: Refuse): void {
  const makers = new Map<string, number>();
  for (const [at, { output }] of nodes.entries()) for (const name of output) makers.set(name, at);
  for (const name of ['', ...given]) makers.delete(name);
  const waiting = new Int32Array(nodes.length);
  const takers: number[][] = nodes.map(() => []);
  for (const [at, { input }] of nodes.entries()) {
    for (const name of input) {
      const maker = makers.get(name);
      if (maker === undefined) continue;
      waiting[at]!++;
      takers[maker]!.push(at);
    }
  }
  const free = nodes.flatMap((_, at) => (waiting[at] === 0 ? [at] : []));
  for (let done = 0; done < free.length; done++) {
    for (const taker of takers[free[done]!]!) if (--waiting[taker]! === 0) free.push(taker);
  }
  if (free.length === nodes.length) return;
  const stuck = nodes[waiting.findIndex((count) => count > 0)]!;
  throw refused(`the node "${(stuck.name || stuck.opType).slice(0, 100)}" waits for what it makes itself`);
}

function countNodes(
  nodes: readonly RawNode[],
  functions: Functions,
  { maxNodes, refused }: { maxNodes: number; refused: Refuse },
): number {
  const known = new Map<RawFunction, number>();
  const open = new Set<RawFunction>();
  const count = (body: readonly RawNode[]): number => {
    let sum = 0;
    for (const node of body) {
      const called = functions.get(keyOf(node.domain, node.opType, node.overload));
      sum += called === undefined ? 1 : countFunction(called);
      for (const inner of graphsOf(node)) sum += count(inner.node);
      if (sum > maxNodes)
        throw refused(
          `its functions write out to more than ${maxNodes} nodes, the limit (\`pack.maxModelNodes\`)`,
        );
    }
    return sum;
  };
  const countFunction = (called: RawFunction): number => {
    if (open.has(called)) throw refused(`the function ${called.name.slice(0, 100)} calls itself`);
    open.add(called);
    const size = known.get(called) ?? count(called.node);
    open.delete(called);
    known.set(called, size);
    return size;
  };
  return count(nodes);
}
