import type { NamedTensor } from '../model.ts';
import type { GraphRunner } from '../ports.ts';
import { type Graph, isStandard, writeGraph } from './graph.ts';

/** What values were like in one run: element type and shape by name. */
export type Seen = ReadonlyMap<string, { type: string; shape: readonly number[] }>;

/** The graph with every value that its nodes make as an output, and the names of those. */
export function withEveryValue(graph: Graph): Graph {
  const outputs = new Map(graph.outputs.map((value) => [value.name, value]));
  for (const node of graph.nodes)
    for (const name of node.output)
      if (name !== '' && !outputs.has(name) && !isStandard(node, 'Loop', 'Scan')) outputs.set(name, { name });
  return { ...graph, outputs: [...outputs.values()] };
}

/** Runs the graph once and says what each of its values was like. */
export async function seeValues(
  graph: Graph,
  inputs: readonly NamedTensor[],
  runner: GraphRunner,
): Promise<Seen> {
  const open = await runner.open(writeGraph(withEveryValue(graph)));
  try {
    const values = [...inputs, ...(await open.run(inputs))];
    return new Map(values.map(({ name, type, shape }) => [name, { type, shape }]));
  } finally {
    open.close();
  }
}
