import {
  type Endpoint as EndpointView,
  type GraphView,
  graphLines,
  isFailure,
  parseGraph,
} from '@slipway/contract';
import type { Endpoint, EndpointRevision, EndpointRollout } from '../../metadata/index.ts';
import {
  type EndpointStats,
  percentages,
  type RolloutState,
  rolloutView,
  shadowView,
  specOf,
  trafficOf,
} from '../../stages/deploy/index.ts';
import { type AnyManifest, exampleBody, takesTensors } from '../../stages/pack/index.ts';
import { monitoringView, policyOf, servingEndpoint } from '../../workflows/index.ts';
import type { App } from './app.ts';
import { batchingView, endpointSummary, tensorsOf } from './views.ts';

export async function endpointSummaries(app: App) {
  const stats = await dataPlaneStats(app);
  const endpoints = await app.database.stores.endpoints.list();
  const all = await Promise.all(endpoints.map((endpoint) => summaryOf(app, endpoint, stats, 'tolerant')));
  return all.filter((one) => one !== undefined);
}

/** @param damage in a list, a bundle that was changed, which has an alert of its own, does not hide the other endpoints */
async function summaryOf(
  app: App,
  endpoint: Endpoint,
  stats: readonly EndpointStats[],
  damage: 'refused' | 'tolerant' = 'refused',
) {
  const revision = await app.database.stores.endpoints.current(endpoint.name);
  if (revision === undefined) return undefined;
  const { predict, infer } = app.pipelineRuns.addresses;
  const own = stats.find((one) => one.name === endpoint.name);
  const { batching: mode } = specOf(endpoint.model, revision);
  const manifest = await app.bundles.manifest(revision.bundleId).catch((error: unknown) => {
    if (damage === 'refused' || !isFailure(error, 'bundle.invalid')) throw error;
    return undefined;
  });
  const batching = manifest === undefined ? null : batchingView(mode, manifest);
  return endpointSummary(endpoint, revision, own, batching, {
    predict: predict(endpoint.name),
    infer: infer(endpoint.name),
  });
}

async function dataPlaneStats(app: App): Promise<readonly EndpointStats[]> {
  return app.dataPlane.stats().then(
    (stats) => stats.endpoints,
    () => [], // it is starting again: its endpoints show as loading
  );
}

/** Everything there is to say of an endpoint. Throws `endpoint.missing`, `endpoint.not-ready`. */
export async function endpointView(app: App, name: string): Promise<EndpointView> {
  const { stores } = app.database;
  const { endpoint, revision } = await servingEndpoint(stores, name);
  const stats = await dataPlaneStats(app);
  const summary = (await summaryOf(app, endpoint, stats))!;
  const manifest = await app.bundles.manifest(revision.bundleId);
  const revisions = await stores.endpoints.revisions(name);
  const [rollout] = await stores.rollouts.list(name, 1);
  return {
    ...summary,
    inputs: takesTensors(manifest) ? [] : manifest.inputs,
    tensors: tensorsOf(manifest),
    classes: manifest.classes,
    revisions: revisions.map((each) => revisionView(endpoint.model, each)),
    ...deployed(
      endpoint,
      revision,
      rollout,
      stats.find((one) => one.name === name),
    ),
    graph: graphView(manifest),
    policy: policyOf(endpoint),
    monitoring: await monitoringView(stores, endpoint),
    example: exampleBody(manifest),
  };
}

function graphView(manifest: AnyManifest): GraphView | null {
  if (takesTensors(manifest) || manifest.graph === undefined) return null;
  const { graph, members, notes } = manifest.graph;
  return { graph, members, notes, lines: graphLines(parseGraph(graph)) };
}

function revisionView(
  model: string,
  { revision, modelVersion: version, reason, by, createdAt }: EndpointRevision,
) {
  return { revision, model, version, reason, by, createdAt };
}

/** What is declared, and what becomes of the requests. */
function deployed(
  { model, pausedAt }: Endpoint,
  revision: EndpointRevision,
  row: EndpointRollout | undefined,
  stats: EndpointStats | undefined,
): Pick<EndpointView, 'spec' | 'traffic' | 'rollout' | 'shadow'> {
  const last = row?.document as RolloutState | undefined;
  const rollout = row?.endedAt === null ? last : undefined;
  const traffic = trafficOf({ model, isPaused: pausedAt !== null, revision, rollout });
  const { version, ...sums } = stats?.shadow ?? { version: null };
  return {
    spec: specOf(model, revision),
    traffic: percentages(traffic),
    rollout: row === undefined || last === undefined ? null : rolloutView(row.id, last, row),
    shadow: version === null || !('rows' in sums) ? null : shadowView(version, sums),
  };
}
