import { pipelineRunView } from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { endpointSummaries } from './endpoint-view.ts';
import { alertView } from './views.ts';

type SystemHandlers = Pick<Handlers, 'system.health' | 'system.identity' | 'system.status' | 'system.config'>;

export function systemHandlers(app: App): SystemHandlers {
  const { stores } = app.database;
  return {
    'system.health': async () => ({ ok: true, product: 'slipway', version: app.facts.version }),
    'system.identity': async ({ query }, { reachedAt }) => ({
      product: 'slipway',
      proof: app.prove(query.challenge, reachedAt),
    }),
    'system.status': async () => {
      const { version, startedAt, database, dataFolder } = app.facts;
      const processes = await app.processes();
      const inference = processes.find((one) => one.name === 'inference');
      return {
        version,
        startedAt,
        database,
        dataFolder,
        console: app.pipelineRuns.addresses.console(),
        inference: { ready: app.dataPlane.ready(), url: app.dataPlane.url(), pid: inference?.pid ?? null },
        processes,
        internalErrors: app.internalErrors(),
        cleanUpRefused: app.cleanUp.refusal(),
        sandbox: app.facts.sandbox,
        jobs: await stores.jobs.counts(),
        endpoints: await endpointSummaries(app),
        pipelineRuns: (await stores.pipelineRuns.list({ limit: 10 })).map(pipelineRunView),
        alerts: (await stores.alerts.list({ state: 'open' })).map(alertView),
      };
    },
    'system.config': async () => ({ entries: [...app.configEntries] }),
  };
}
