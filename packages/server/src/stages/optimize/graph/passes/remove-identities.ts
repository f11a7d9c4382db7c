import { ownValue } from '@slipway/contract';
import { intOf, intsOf } from '../attributes.ts';
import { renameReads } from '../edit-graph.ts';
import { ELEMENT, type Graph, type GraphNode, isStandard, readsOf } from '../graph.ts';
import type { Seen } from '../seen.ts';

/** Takes out what hands on its input as it is: Identity, Dropout outside training, casts to the same type, idle Transpose. */
export function removeIdentities(graph: Graph, seen: Seen): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const inner = new Set(graph.nodes.flatMap((node) => readsOf(node).slice(node.input.length)));
  const read = new Set(graph.nodes.flatMap(readsOf));
  const made = new Set(graph.nodes.flatMap(({ output }) => output));
  const names = new Map<string, string>();
  const current = (name: string): string => {
    const next = names.get(name);
    return next === undefined ? name : current(next);
  };
  const kept = graph.nodes.filter((node) => {
    if (!isIdle(node, seen, read)) return true;
    const [from, to] = [current(node.input[0]!), node.output[0]!];
    if (!outputs.has(to)) {
      names.set(to, from);
      return false;
    }
    // The name of an output stays: what makes the value takes it over, where it can.
    if (!made.has(from) || outputs.has(from) || inner.has(from)) return true;
    names.set(from, to);
    return false;
  });
  if (names.size === 0) return graph;
  const all = new Map([...names.keys()].map((name) => [name, current(name)]));
  const nodes = kept.map((node) => ({
    ...renameReads(node, all),
    output: node.output.map((name) => all.get(name) ?? name),
  }));
  return { ...graph, nodes };
}

function isIdle(node: GraphNode, seen: Seen, read: ReadonlySet<string>): boolean {
  if (isStandard(node, 'Identity')) return true;
  if (isStandard(node, 'Dropout')) return node.input.length < 3 && !read.has(node.output[1] ?? '');
  if (isStandard(node, 'Cast')) return isSameType(seen.get(node.input[0]!)?.type, intOf(node, 'to', 0));
  if (isStandard(node, 'Transpose'))
    return intsOf(node, 'perm')?.every((axis, place) => axis === place) === true;
  return false;
}

function isSameType(type: string | undefined, to: number): boolean {
  return type !== undefined && ownValue<number>(ELEMENT, type) === to;
}
