import { withoutUnread } from '../edit-graph.ts';
import { type Graph, readsOf } from '../graph.ts';

/** Takes out nodes whose values nobody reads, and constants likewise. */
export function removeDeadNodes(graph: Graph): Graph {
  const wanted = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.output.some((name) => wanted.has(name))) return false;
    for (const name of readsOf(node)) wanted.add(name);
    return true;
  });
  return withoutUnread({ ...graph, nodes: nodes.toReversed() });
}
