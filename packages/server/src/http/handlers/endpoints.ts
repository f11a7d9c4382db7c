import { type Endpoint as EndpointView, fail } from '@slipway/contract';
import { type EndpointStats, specOf } from '../../journey/deploy/index.ts';
import { exampleRows, takesTensors } from '../../journey/pack/index.ts';
import type { Endpoint } from '../../ledger/index.ts';
import {
  addLabels,
  deployVersion,
  journeyView,
  policyOf,
  servingEndpoint,
  startLabelsFile,
  startMonitor,
  startPredictFile,
  startRetrain,
  trainedOn,
  unknownPredictions,
  withdrawProposal,
} from '../../pipeline/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { alertView, endpointSummary, jobView, tensorsOf } from './views.ts';

type EndpointHandlers = Pick<
  Handlers,
  | 'endpoints.list'
  | 'endpoints.get'
  | 'endpoints.deploy'
  | 'endpoints.promote'
  | 'endpoints.rollback'
  | 'endpoints.spec'
  | 'endpoints.setSpec'
  | 'endpoints.rollouts'
  | 'endpoints.pause'
  | 'endpoints.resume'
  | 'endpoints.delete'
  | 'endpoints.export'
  | 'endpoints.policy'
  | 'endpoints.retrain'
  | 'endpoints.predictFile'
  | 'labels.add'
  | 'labels.addFile'
  | 'monitor.run'
  | 'monitor.reports'
>;

const DAY_MS = 86_400_000;
/** Records of the log that a call with labels may read through: a tenth of a second or so. */
const MOST_RECORDS = 20_000;

export function endpointHandlers(app: App): EndpointHandlers {
  const { database, journeys } = app;
  const { stores } = database;
  const wake = <T>(job: T): T => {
    journeys.wakeWorkers();
    return job;
  };
  return {
    'endpoints.list': async () => ({ endpoints: await endpointSummaries(app) }),
    'endpoints.get': async ({ params }) => endpointView(app, params.name),
    'endpoints.deploy': async ({ body }, { caller }) => {
      const { model, version, endpoint } = body;
      const name = await deployVersion(journeys, { model, version, endpoint, by: caller!.name });
      return endpointView(app, name);
    },
    'endpoints.promote': async ({ params, body }, { caller }) => {
      const endpoint = await stores.endpoints.get(params.name);
      const { version, bundleId } = await stores.models.version(endpoint.model, body.version);
      await journeys.deployer.promote({
        endpoint: params.name,
        modelVersion: version,
        bundleId,
        by: caller!.name,
      });
      return endpointView(app, params.name);
    },
    'endpoints.rollback': async ({ params }, { caller }) => {
      await journeys.deployer.rollback(params.name, caller!.name);
      return endpointView(app, params.name);
    },
    'endpoints.spec': async ({ params }) => {
      const { endpoint, revision } = await servingEndpoint(stores, params.name);
      return { revision: revision.revision, spec: specOf(endpoint.model, revision) };
    },
    'endpoints.setSpec': () => Promise.reject(fail('operation.not-yet', { what: 'Setting a spec' })),
    'endpoints.rollouts': () => Promise.reject(fail('operation.not-yet', { what: 'Rolling out' })),
    'endpoints.pause': () => Promise.reject(fail('operation.not-yet', { what: 'Pausing' })),
    'endpoints.resume': () => Promise.reject(fail('operation.not-yet', { what: 'Pausing' })),
    'endpoints.delete': () => Promise.reject(fail('operation.not-yet', { what: 'Deleting' })),
    'endpoints.export': async ({ params, query }) => app.exportFiles(query.as, params.name, query.image),
    'endpoints.policy': async ({ params, body }, { caller, requestId }) => {
      await database.transaction(async (inside) => {
        const endpoint = await inside.endpoints.get(params.name);
        if (body.mode !== 'off') trainedOn(await inside.models.get(endpoint.model));
        await inside.endpoints.setPolicy(params.name, body);
        if (body.mode !== 'propose') await withdrawProposal(inside, params.name);
        await inside.audit.append({
          who: caller!.name,
          what: 'endpoints.policy',
          subject: params.name,
          requestId,
          details: { mode: body.mode },
        });
      });
      return endpointView(app, params.name);
    },
    'endpoints.retrain': async ({ params, body }, { caller, requestId }) => {
      const ask = {
        ...body,
        endpoint: params.name,
        by: caller!.name,
        requestId,
        reason: 'A person asked for it.',
      };
      return wake(journeyView(await startRetrain(database, ask)));
    },
    'endpoints.predictFile': async ({ params, body }) =>
      wake(jobView(await startPredictFile(stores, { ...body, endpoint: params.name }))),
    'labels.add': async ({ params, body }) => {
      const { endpoint, revision } = await servingEndpoint(stores, params.name);
      const { classes } = await app.bundles.manifest(revision.bundleId);
      const accepted = await addLabels(stores, endpoint.name, { classes }, body.labels, body.source);
      const ids = body.labels.map(({ id }) => id);
      const unknown = await unknownPredictions(app.predictions, endpoint.name, ids, MOST_RECORDS);
      return { accepted, unknown: unknown ?? null };
    },
    'labels.addFile': async ({ params, body }) =>
      wake(jobView(await startLabelsFile(stores, { ...body, endpoint: params.name }))),
    'monitor.run': async ({ params, body }) => {
      const window = windowOf(body, Date.now());
      return wake(
        jobView(
          await startMonitor(
            { stores, objects: app.objects, clock: journeys.clock },
            { endpoint: params.name, window },
          ),
        ),
      );
    },
    'monitor.reports': async ({ params, query }) => {
      const { name } = await stores.endpoints.get(params.name);
      const reports = await stores.reports.list(name, { limit: query.limit });
      const alerts = await stores.alerts.list({ endpoint: name, state: 'open' });
      return { reports: reports.map(({ report }) => report as never), alerts: alerts.map(alertView) };
    },
  };
}

function windowOf(
  body: { from?: string | undefined; to?: string | undefined },
  now: number,
): { from: number; to: number } | null {
  if (body.from === undefined && body.to === undefined) return null;
  const to = body.to === undefined ? now + 1 : Date.parse(body.to);
  const from = body.from === undefined ? to - DAY_MS : Date.parse(body.from);
  if (from >= to) throw fail('request.invalid', { reason: 'from must lie before to' }, { path: 'from' });
  return { from, to };
}

export async function endpointSummaries(app: App) {
  const stats = await dataPlaneStats(app);
  const endpoints = await app.database.stores.endpoints.list();
  const all = await Promise.all(endpoints.map((endpoint) => summaryOf(app, endpoint, stats)));
  return all.filter((one) => one !== undefined);
}

async function summaryOf(app: App, endpoint: Endpoint, stats: readonly EndpointStats[]) {
  const revision = await app.database.stores.endpoints.current(endpoint.name);
  if (revision === undefined) return undefined;
  const { predict, infer } = app.journeys.addresses;
  const own = stats.find((one) => one.name === endpoint.name);
  return endpointSummary(endpoint, revision, own, {
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

async function endpointView(app: App, name: string): Promise<EndpointView> {
  const { stores } = app.database;
  const { endpoint, revision } = await servingEndpoint(stores, name);
  const summary = (await summaryOf(app, endpoint, await dataPlaneStats(app)))!;
  const manifest = await app.bundles.manifest(revision.bundleId);
  const revisions = await stores.endpoints.revisions(name);
  return {
    ...summary,
    inputs: takesTensors(manifest) ? [] : manifest.inputs,
    tensors: tensorsOf(manifest),
    classes: manifest.classes,
    revisions: revisions.map(({ revision: number, modelVersion, reason, by, createdAt }) => ({
      revision: number,
      model: endpoint.model,
      version: modelVersion,
      reason,
      by,
      createdAt,
    })),
    spec: specOf(endpoint.model, revision),
    traffic: [{ version: revision.modelVersion, percent: 100 }],
    rollout: null,
    shadow: null,
    policy: policyOf(endpoint),
    example: { rows: exampleRows(manifest) },
  };
}
