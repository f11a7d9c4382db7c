import { type GraphMember, type GraphNode, graphLines, ownValue, parseGraph } from '@slipway/contract';
import { SIGNATURE_FILE, signBundle } from '../bundle/bundle-signature.ts';
import type {
  BundleFile,
  BundleManifest,
  ColumnReference,
  GoldenPrediction,
  GraphModelFile,
  ReferenceProfile,
} from '../model.ts';
import type { BundleStore, Signer } from '../ports.ts';
import type { GraphShape } from './check-graph.ts';
import { encodeGraphFile, type GraphFile } from './graph-file.ts';

export type PackGraphRequest = {
  /** The name of the graph's model, for its card. */
  name: string;
  graph: GraphNode;
  shape: GraphShape;
  file: GraphFile;
  /** In the order of the file's members: the reference profiles of their bundles; imported models have none. */
  profiles: readonly (ReferenceProfile | undefined)[];
  /** What the files hold that {@link GraphFile.imported} names. */
  models: ReadonlyMap<GraphModelFile, Uint8Array>;
  golden: { rows: BundleManifest['golden']['rows']; predictions: GoldenPrediction[] };
  notes: readonly string[];
  createdAt: string;
};

export type PackedGraph = { id: string; bytes: number };

/** Makes the bundle of an inference graph, signed and stored: the graph and its members' engines. Throws `storage.full`. */
export async function packGraph(
  request: PackGraphRequest,
  ports: { store: BundleStore; signer: Signer },
): Promise<PackedGraph> {
  const manifest = manifestOf(request);
  const files = new Map<BundleFile, Uint8Array>([
    ['slipway.json', json(manifest)],
    ['profile.json', json(profileOf(request))],
    ['graph.json', encodeGraphFile(request.file)],
    ['card.md', text(cardOf(request))],
    ...request.models,
  ]);
  files.set(SIGNATURE_FILE, await signBundle(files, ports.signer));
  return ports.store.put(files);
}

function manifestOf({
  name,
  graph,
  shape,
  file,
  golden,
  notes,
  createdAt,
}: PackGraphRequest): BundleManifest {
  const { task, target, classes, inputs, others, missingWords, form, decision } = shape;
  return {
    format: 1,
    task,
    target,
    classes,
    inputs,
    others,
    missingWords,
    ...(form && { form }),
    decision,
    learner: 'graph',
    metrics: {},
    primaryMetric: '',
    lineage: { dataset: name, datasetVersion: 0, manifest: '', run: '', seed: 0 },
    optimization: null,
    golden,
    graph: {
      graph,
      members: file.members,
      notes: [...notes],
      ...(file.imported && { models: file.imported.map((each) => each.file) }),
    },
    createdAt,
  };
}

/**
 * The reference of drift: each column as the first model saw it that takes it from the caller. What a graph answers was never
 * measured on held-out rows, so there is no reference of the scores.
 */
function profileOf({ graph, shape, file, profiles }: PackGraphRequest): ReferenceProfile {
  const columns = new Map<string, ColumnReference>();
  const importance = new Map<string, number>();
  for (const [i, member] of file.members.entries()) {
    const renamed = columnsOf(graph, member);
    const profile = profiles[i];
    if (profile === undefined) continue;
    for (const column of profile.columns) {
      const name = renamed.get(column.name) ?? column.name;
      if (!columns.has(name)) columns.set(name, { ...column, name });
      const own = ownValue(profile.importance, column.name) ?? 0;
      importance.set(name, Math.max(own, importance.get(name) ?? 0));
    }
  }
  const known = profiles.filter((profile) => profile !== undefined);
  const taken = shape.inputs.flatMap(({ name }) => columns.get(name) ?? []);
  const total = taken.reduce((sum, { name }) => sum + importance.get(name)!, 0);
  return {
    format: 1,
    rows: known.length === 0 ? 0 : Math.min(...known.map(({ rows }) => rows)),
    columns: taken,
    score: { edges: [0, 1], counts: [0], below: 0, above: 0, missing: 0, mean: 0, standardDeviation: 0 },
    importance: Object.fromEntries(
      taken.map(({ name }) => [name, total === 0 ? 0 : importance.get(name)! / total]),
    ),
  };
}

function columnsOf(graph: GraphNode, { path }: GraphMember): ReadonlyMap<string, string> {
  const names = path.split('/');
  let node: GraphNode | undefined = graph;
  for (const name of names.slice(1)) node = node && childNamed(node, name);
  return new Map(Object.entries(node?.columns ?? {}));
}

function childNamed(node: GraphNode, name: string): GraphNode | undefined {
  const { sequence = [], ensemble, switch: branches } = node;
  return [
    ...sequence,
    ...(ensemble?.members ?? []),
    ensemble?.final,
    ...(branches?.cases ?? []),
    branches?.default,
  ].find((child) => child?.name === name);
}

function cardOf({ name, graph, shape, file, notes }: PackGraphRequest): string {
  const lines = graphLines(parseGraph(graph)).map(({ depth, says }) => `${'  '.repeat(depth)}- ${says}`);
  const members = file.members.map(
    ({ path, model, version, alias }) =>
      `- ${path}: ${model}@${version}${alias === null ? '' : ` (declared as ${model}@${alias})`}`,
  );
  return `# ${name}

An inference graph. It predicts \`${shape.target}\` (${shape.task}) from ${shape.inputs.length} columns. The graph as a whole was
not validated on held-out rows; the models that it is made of were, and their cards say so.

${lines.join('\n')}

Models that take part:

${members.join('\n')}
${notes.length === 0 ? '' : `\n${notes.map((note) => `${note}\n`).join('')}`}`;
}

function json(value: unknown): Uint8Array {
  return text(`${JSON.stringify(value, null, 1)}\n`);
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
