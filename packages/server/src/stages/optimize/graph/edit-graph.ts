import { type Attribute, type Constant, type Graph, type GraphNode, readsOf } from './graph.ts';

/** How often each value is read: by nodes, by graphs inside them, and once more when it is an output. */
export function countReads({ nodes, outputs }: Graph): Map<string, number> {
  const reads = new Map<string, number>();
  const add = (name: string) => reads.set(name, (reads.get(name) ?? 0) + 1);
  for (const node of nodes) for (const name of readsOf(node)) add(name);
  for (const { name } of outputs) add(name);
  return reads;
}

/** The node that makes each value. */
export function makersOf({ nodes }: Graph): Map<string, GraphNode> {
  return new Map(nodes.flatMap((node) => node.output.map((name): [string, GraphNode] => [name, node])));
}

/** The nodes that read each value, without the graphs inside them. */
export function readersOf({ nodes }: Graph): Map<string, GraphNode[]> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes)
    for (const name of new Set(node.input)) {
      const list = readers.get(name);
      if (list === undefined) readers.set(name, [node]);
      else list.push(node);
    }
  return readers;
}

/** Gives names that the graph does not have. */
export function freshNames(graph: Graph): (stem: string) => string {
  const taken = new Set([
    ...graph.constants.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ input, output }) => [...input, ...output]),
  ]);
  for (const node of graph.nodes) for (const name of readsOf(node)) taken.add(name);
  return (stem) => {
    let name = stem;
    for (let number = 1; taken.has(name); number++) name = `${stem}_${number}`;
    taken.add(name);
    return name;
  };
}

/** Takes the place of nodes while a graph is written anew. */
export type Rewriter = {
  /** Adds a constant and returns its name. */
  constant(stem: string, constant: Constant): string;
  /** A node with one output of a new name, or of the one that is told. */
  node(opType: string, input: string[], attributes?: Attribute[], output?: string): GraphNode;
};

/**
 * Writes a graph anew, node by node: `rewrite` gives what stands in the place of each one, or undefined to keep it. Constants
 * that nobody reads any more go.
 */
export function rewriteGraph(
  graph: Graph,
  rewrite: (node: GraphNode, make: Rewriter) => GraphNode[] | undefined,
): Graph {
  const fresh = freshNames(graph);
  const constants = new Map(graph.constants);
  const make: Rewriter = {
    constant(stem, constant) {
      const name = fresh(stem);
      constants.set(name, constant);
      return name;
    },
    node: (opType, input, attribute = [], output = fresh(`${opType.toLowerCase()}_out`)) => ({
      name: '',
      opType,
      domain: '',
      input,
      output: [output],
      attribute,
    }),
  };
  const nodes = graph.nodes.flatMap((node) => rewrite(node, make) ?? [node]);
  return withoutUnread({ ...graph, nodes, constants });
}

/** Without constants that nobody reads. */
export function withoutUnread(graph: Graph): Graph {
  const reads = countReads(graph);
  const kept = [...graph.constants].filter(([name]) => reads.has(name));
  return kept.length === graph.constants.size ? graph : { ...graph, constants: new Map(kept) };
}

/** Lets nodes and the graphs inside them read other values in the place of some. */
export function renameReads(node: GraphNode, names: ReadonlyMap<string, string>): GraphNode {
  if (!readsOf(node).some((name) => names.has(name))) return node;
  return {
    ...node,
    input: node.input.map((name) => names.get(name) ?? name),
    attribute: node.attribute.map((each) => ({
      ...each,
      ...(each.g && { g: renamedGraph(each.g, names) }),
      ...(each.graphs && { graphs: each.graphs.map((graph) => renamedGraph(graph, names)) }),
    })),
  };
}

function renamedGraph<Sub extends NonNullable<Attribute['g']>>(
  graph: Sub,
  names: ReadonlyMap<string, string>,
): Sub {
  const output = graph.output.map((value) => ({ ...value, name: names.get(value.name) ?? value.name }));
  return { ...graph, node: graph.node.map((node) => renameReads(node, names)), output };
}
