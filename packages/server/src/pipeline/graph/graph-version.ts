import {
  type DeclaredSpec,
  fail,
  type GraphMember,
  type GraphNode,
  type GraphTree,
  graphNodes,
  isFailure,
  parseGraph,
} from '@slipway/contract';
import { badSpec, type InTurn, inTurn, isSameGraph } from '../../journey/deploy/index.ts';
import {
  type AnyManifest,
  type BundleFiles,
  type BundleManifest,
  checkGraph,
  type GraphFile,
  type GraphShape,
  packGraph,
  type ReferenceProfile,
  takesTensors,
} from '../../journey/pack/index.ts';
import { type Engine, loadGraph, type Prediction } from '../../journey/serve/index.ts';
import { isoTime } from '../../kernel/index.ts';
import type { ModelVersion, Stores } from '../../ledger/index.ts';
import type { JourneyPorts } from '../ports.ts';
import { GRAPH_LEARNER } from './graph-versions.ts';
import { pinned } from './pin-graph.ts';

type Ports = Pick<JourneyPorts, 'database' | 'bundles' | 'signer' | 'clock'>;

/** The version that a graph became, and what was decided on the way. */
export type GraphVersion = { model: string; version: number; notes: string[] };

/** A version of a model at a node, with its bundle read. */
type Member = {
  node: Extract<GraphTree, { kind: 'model' }>;
  member: GraphMember;
  manifest: BundleManifest;
  files: BundleFiles;
};

/** Of one database, one graph at a time, so that the same graph declared twice at once is one version. */
const turns = new WeakMap<Stores['models'], InTurn>();

/**
 * The version of the model `name` that answers as the graph declares: aliases are pinned, the nodes checked against the
 * models' bundles, and the whole signed and stored as a bundle of its own. A graph that is a version already is not stored
 * again. Throws `endpoint.bad-spec` with the path of the field, `model.exists` where the name is a trained model's,
 * `bundle.invalid` and `storage.full`.
 */
export function graphVersion(ports: Ports, name: string, graph: GraphNode): Promise<GraphVersion> {
  const { models } = ports.database.stores;
  const turn = turns.get(models) ?? inTurn();
  turns.set(models, turn);
  return turn(() => makeVersion(ports, name, graph));
}

async function makeVersion(ports: Ports, name: string, graph: GraphNode): Promise<GraphVersion> {
  const { models } = ports.database.stores;
  const before = await graphsBefore(ports, name);
  const tree = parseGraph(graph);
  const members = await membersOf(ports, tree);
  const shape = checkGraph(tree, new Map(members.map(({ node, manifest }) => [node, manifest])));
  const own = pinned(graph, {
    versions: new Map(members.map(({ node, member }) => [node.at, `${member.model}@${member.version}`])),
    thresholds: shape.thresholds,
  });
  const notes = [...decisions(members, shape, tree), ...shape.notes];
  const known = before.find(({ graph: other }) => isSameGraph(other, own));
  if (known !== undefined) return { model: name, version: known.version, notes };
  await refuseOtherTask(ports, name, shape);
  const file = fileOf(own, members);
  const bundle = await packGraph(
    {
      name,
      graph: own,
      shape,
      file,
      profiles: members.map(({ files }) => readJson<ReferenceProfile>(files, 'profile.json')),
      golden: goldenOf(await loadGraph(file, shape), members),
      notes,
      createdAt: isoTime(ports.clock.now()),
    },
    { store: ports.bundles, signer: ports.signer },
  );
  await models.ensure({ name, task: shape.task, target: shape.target, dataset: null });
  const added = await models.addVersion(name, {
    bundleId: bundle.id,
    bytes: bundle.bytes,
    runId: null,
    datasetVersion: null,
    learner: GRAPH_LEARNER,
    metrics: {},
    primaryMetric: '',
    gates: [],
  });
  return { model: name, version: added.version, notes };
}

/** The graphs that are versions of the model already, newest first. Throws `model.exists` where it is no graph's. */
async function graphsBefore({ database, bundles }: Ports, name: string) {
  const { models } = database.stores;
  if ((await models.find(name)) === undefined) return [];
  const versions = await models.versions(name);
  const other = versions.find(({ learner }) => learner !== GRAPH_LEARNER);
  if (other !== undefined) {
    const reason = 'it was trained or imported; declare the graph at an endpoint of another name';
    throw fail('model.exists', { name, reason }, { path: 'graph' });
  }
  return Promise.all(
    versions.map(async ({ version, bundleId }) => {
      const { files } = await bundles.open(bundleId);
      return { version, graph: readJson<BundleManifest>(files, 'slipway.json').graph!.graph };
    }),
  );
}

/** Throws `endpoint.bad-spec` where the endpoint's earlier graphs predict something else. */
async function refuseOtherTask(
  { database }: Ports,
  name: string,
  { task, target }: GraphShape,
): Promise<void> {
  const model = await database.stores.models.find(name);
  if (model === undefined || (model.task === task && model.target === target)) return;
  const reason = `it predicts ${target} (${task}), and the graphs before it ${model.target} (${model.task}); declare it at an endpoint of another name`;
  throw badSpec(reason, 'graph');
}

async function membersOf({ database, bundles }: Ports, tree: GraphTree): Promise<Member[]> {
  const members: Member[] = [];
  for (const node of graphNodes(tree)) {
    if (node.kind !== 'model') continue;
    const version = await versionOf(database.stores, node);
    const { files } = await bundles.open(version.bundleId);
    const manifest = readJson<AnyManifest>(files, 'slipway.json');
    const alias = 'alias' in node.named ? node.named.alias : null;
    const { model, version: number, bundleId } = version;
    const member: GraphMember = { path: node.path, model, version: number, bundleId, alias };
    members.push({ node, member, files, manifest: ofColumns({ node, version: number }, manifest, files) });
  }
  return members;
}

/** Throws `endpoint.bad-spec` where the model has no such version or alias. */
async function versionOf({ models }: Stores, { model, named, at }: Member['node']): Promise<ModelVersion> {
  const path = `${at}.model`;
  if ((await models.find(model)) === undefined) throw badSpec(`there is no model ${model}`, path);
  if ('alias' in named) {
    const found = await models.aliased(model, named.alias);
    if (found !== undefined) return found;
    const aliases = (await models.aliases(model)).map(({ alias }) => alias);
    throw badSpec(`${model} has no alias ${named.alias}; it has ${aliases.join(', ') || 'none'}`, path);
  }
  try {
    return await models.version(model, named.version);
  } catch (error) {
    if (isFailure(error, 'model.version-missing'))
      throw badSpec(`there is no ${model}@${named.version}`, path);
    throw error;
  }
}

/** Throws `endpoint.bad-spec` for what a graph cannot hold. */
function ofColumns(
  { node, version }: { node: Member['node']; version: number },
  manifest: AnyManifest,
  files: BundleFiles,
): BundleManifest {
  const { model, at } = node;
  const path = `${at}.model`;
  if (takesTensors(manifest)) {
    const reason = `node ${node.path} names ${model}@${version}, an imported ONNX model, which takes tensors; the models of a graph are trained here and take columns. Deploy it to an endpoint of its own, and call that before or after the graph`;
    throw badSpec(reason, path);
  }
  if (manifest.graph !== undefined) throw badSpec(`${model} is a graph itself; write its nodes here`, path);
  if (!files.has('trees.json'))
    throw badSpec(`${model} is a forecast, whose answers depend on a series and not on a row`, path);
  return manifest;
}

function decisions(members: readonly Member[], { thresholds }: GraphShape, tree: GraphTree): string[] {
  const pins = members.flatMap(({ member: { path, model, version, alias } }) =>
    alias === null ? [] : [`Node ${path} is pinned to ${model}@${version}, which is ${model}@${alias} now.`],
  );
  const decided = graphNodes(tree).flatMap(({ at, path }) => {
    const threshold = thresholds.get(at);
    return threshold === undefined
      ? []
      : [`Node ${path} decides at ${threshold}, the threshold that its members have in common.`];
  });
  return [...pins, ...decided];
}

function fileOf(graph: GraphNode, members: readonly Member[]): GraphFile {
  const engines = new Map(
    members.map(({ member: { bundleId }, files }) => [
      bundleId,
      {
        bundleId,
        trees: new TextDecoder().decode(files.get('trees.json')),
        seen: readJson<ReferenceProfile>(files, 'profile.json').columns,
      },
    ]),
  );
  return { format: 1, graph, members: members.map(({ member }) => member), engines: [...engines.values()] };
}

/**
 * Golden rows put together of those of the members, so that each has every column: what the graph answers for them now it
 * must answer wherever it is loaded. Rows that it cannot answer are left out.
 */
function goldenOf(engine: Engine, members: readonly Member[]): BundleManifest['golden'] {
  const most = Math.max(...members.map(({ manifest }) => manifest.golden.rows.length));
  const golden: BundleManifest['golden'] = { rows: [], predictions: [] };
  for (let i = 0; i < most; i++) {
    const row = goldenRow(engine, members, i);
    const prediction = answered(engine, row);
    if (prediction === undefined) continue;
    const { value, probabilities } = prediction;
    golden.rows.push(row);
    golden.predictions.push({ value, ...(probabilities && { probabilities }) });
  }
  return golden;
}

function goldenRow(engine: Engine, members: readonly Member[], i: number) {
  const taken = new Set(engine.inputs.map(({ name }) => name));
  const cells = members.toReversed().flatMap(({ node, manifest: { golden } }) => {
    const row = golden.rows[i % golden.rows.length] ?? {};
    return Object.entries(row).map(([name, value]) => [node.columns.get(name) ?? name, value] as const);
  });
  return Object.fromEntries(cells.filter(([name]) => taken.has(name)));
}

function answered(engine: Engine, row: Record<string, unknown>): Prediction | undefined {
  try {
    return engine.predict([row])[0];
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

function readJson<T>(files: BundleFiles, file: 'slipway.json' | 'profile.json'): T {
  return JSON.parse(new TextDecoder().decode(files.get(file))) as T;
}

/** The spec of an endpoint that the version of a graph answers alone. */
export function specOfGraph(
  { graph: _, versions: __, ...rest }: DeclaredSpec,
  { model, version }: GraphVersion,
) {
  return { ...rest, versions: Object.fromEntries([[`${model}@${version}`, 100]]) };
}
