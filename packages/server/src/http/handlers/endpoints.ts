import { fail } from '@slipway/contract';
import {
  addLabels,
  labelTarget,
  monitoringOf,
  pipelineRunView,
  resetBackoff,
  servingEndpoint,
  setMonitoring,
  startLabelsFile,
  startMonitor,
  startPredictFile,
  startRetrain,
  trainedOn,
  unknownPredictions,
  withdrawProposal,
} from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { endpointSummaries, endpointView } from './endpoint-view.ts';
import { refuseTraining } from './refuse-training.ts';
import { alertView, jobView } from './views.ts';

type EndpointHandlers = Pick<
  Handlers,
  | 'endpoints.list'
  | 'endpoints.get'
  | 'endpoints.export'
  | 'endpoints.policy'
  | 'endpoints.monitoring'
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
  const { database, pipelineRuns } = app;
  const { stores } = database;
  const wake = <T>(job: T): T => {
    pipelineRuns.wakeWorkers();
    return job;
  };
  return {
    'endpoints.list': async () => ({ endpoints: await endpointSummaries(app) }),
    'endpoints.get': async ({ params }) => endpointView(app, params.name),
    'endpoints.export': async ({ params, query: { as, gatewayNamespaces, ...options } }) =>
      app.exportFiles(as, params.name, {
        ...options,
        gatewayNamespaces: gatewayNamespaces?.split(','),
      }),
    'endpoints.policy': async ({ params, body }, { caller, requestId }) => {
      await database.transaction(async (inside) => {
        const endpoint = await inside.endpoints.get(params.name);
        if (body.mode !== 'off') trainedOn(await inside.models.get(endpoint.model));
        const { checkEveryMinutes, ...policy } = body;
        await inside.endpoints.setPolicy(params.name, policy);
        if (checkEveryMinutes !== undefined) {
          const everyMinutes = Math.max(1, checkEveryMinutes);
          const settings = { ...monitoringOf(endpoint), everyMinutes };
          await setMonitoring(inside, { name: params.name, settings, by: caller!.name, requestId });
        }
        if (body.mode !== 'propose') await withdrawProposal(inside, params.name);
        await resetBackoff(inside, params.name, 'The retraining policy was set anew.');
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
    'endpoints.monitoring': async ({ params: { name }, body: settings }, { caller, requestId }) => {
      await database.transaction(async (inside) => {
        await setMonitoring(inside, { name, settings, by: caller!.name, requestId });
      });
      return endpointView(app, name);
    },
    'endpoints.retrain': async ({ params, body }, { caller, requestId }) => {
      refuseTraining(app);
      const { validateOn, gates, defaultGates, ...rest } = body;
      const ask = {
        ...rest,
        endpoint: params.name,
        by: caller!.name,
        requestId,
        reason: 'A person asked for it.',
        validation: { validateOn, gates, defaultGates },
      };
      return wake(pipelineRunView(await startRetrain(database, ask)));
    },
    'endpoints.predictFile': async ({ params, body }, { caller }) => {
      const ask = { ...body, endpoint: params.name, callerId: caller!.id };
      return wake(jobView(await startPredictFile(stores, ask)));
    },
    'labels.add': async ({ params, body }) => {
      const { endpoint, revision } = await servingEndpoint(stores, params.name);
      const target = labelTarget(await app.bundles.manifest(revision.bundleId));
      const labels = { endpoint: endpoint.name, target, labels: body.labels, source: body.source };
      const taken = await addLabels(stores, { ...labels, now: pipelineRuns.clock.now() });
      const ids = body.labels.map(({ id }) => id);
      const unknown = await unknownPredictions(app.predictions, endpoint.name, ids, MOST_RECORDS);
      return { ...taken, unknown: unknown ?? null };
    },
    'labels.addFile': async ({ params, body }, { caller }) => {
      const ask = { ...body, endpoint: params.name, callerId: caller!.id, now: pipelineRuns.clock.now() };
      return wake(jobView(await startLabelsFile(stores, ask)));
    },
    'monitor.run': async ({ params, body }) => {
      const window = windowOf(body, Date.now());
      return wake(
        jobView(
          await startMonitor(
            { stores, objects: app.objects, clock: pipelineRuns.clock },
            { endpoint: params.name, window, labelDays: body.labelDays },
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
