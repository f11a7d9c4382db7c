import {
  type DeclaredSpec,
  fail,
  type GraphNode,
  type GraphTree,
  graphNodes,
  parseGraph,
} from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { Stores } from '../../metadata/index.ts';
import { badSpec, type InTurn, inTurn, isSameGraph } from '../../stages/deploy/index.ts';
import {
  type BundleFiles,
  type BundleManifest,
  checkGraph,
  type GraphShape,
  packGraph,
} from '../../stages/pack/index.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { graphGolden } from './graph-golden.ts';
import { graphFile, type Member, membersOf, profileOf, refuseLarge, shapeOf } from './graph-members.ts';
import { GRAPH_LEARNER } from './graph-versions.ts';
import { pinned } from './pin-graph.ts';

type Ports = Pick<PipelineRunPorts, 'database' | 'bundles' | 'signer' | 'clock' | 'models'>;

/** The version that a graph became, and what was decided on the way. */
export type GraphVersion = { model: string; version: number; notes: string[] };

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
  refuseLarge(members, ports.models.limits.maxBytes);
  const shape = checkGraph(tree, new Map(members.map((each) => [each.node, shapeOf(each)])));
  const own = pinned(graph, {
    versions: new Map(members.map(({ node, member }) => [node.at, `${member.model}@${member.version}`])),
    thresholds: shape.thresholds,
  });
  const notes = [...decisions(members, shape, tree), ...shape.notes];
  const known = before.find(({ graph: other }) => isSameGraph(other, own));
  if (known !== undefined) return { model: name, version: known.version, notes };
  await refuseOtherTask(ports, name, shape);
  const { file, models: modelFiles } = graphFile(own, members);
  const bundle = await packGraph(
    {
      name,
      graph: own,
      shape,
      file,
      profiles: members.map(profileOf),
      models: modelFiles,
      golden: await graphGolden({ file, shape, members }, ports.models),
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
      return { version, graph: graphOf(files) };
    }),
  );
}

function graphOf(files: BundleFiles): GraphNode {
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json'))) as BundleManifest;
  return manifest.graph!.graph;
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

/** The spec of an endpoint that the version of a graph answers alone. */
export function specOfGraph(
  { graph: _, versions: __, ...rest }: DeclaredSpec,
  { model, version }: GraphVersion,
) {
  return { ...rest, versions: Object.fromEntries([[`${model}@${version}`, 100]]) };
}
