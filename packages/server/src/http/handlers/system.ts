import { journeyView } from '../../pipeline/index.ts';
import type { Job } from '../../work/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { endpointSummaries } from './endpoints.ts';
import { alertView } from './views.ts';

type SystemHandlers = Pick<Handlers, 'system.health' | 'system.status' | 'system.config'>;

const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

export function systemHandlers(app: App): SystemHandlers {
  const { stores } = app.database;
  return {
    'system.health': async () => ({ ok: true, product: 'slipway', version: app.facts.version }),
    'system.status': async () => {
      const { version, startedAt, database, dataFolder } = app.facts;
      const processes = await app.processes();
      const inference = processes.find((one) => one.name === 'inference');
      return {
        version,
        startedAt,
        database,
        dataFolder,
        console: app.journeys.addresses.console(),
        inference: { ready: app.dataPlane.ready(), url: app.dataPlane.url(), pid: inference?.pid ?? null },
        processes,
        jobs: await jobCounts(app),
        endpoints: await endpointSummaries(app),
        journeys: (await stores.journeys.list({ limit: 10 })).map(journeyView),
        alerts: (await stores.alerts.list({ state: 'open' })).map(alertView),
      };
    },
    'system.config': async () => ({ entries: [...app.configEntries] }),
  };
}

async function jobCounts(app: App): Promise<Record<Job['state'], number>> {
  const counts = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  for (const state of JOB_STATES)
    counts[state] = (await app.database.stores.jobs.list({ state, limit: 1000 })).length;
  return counts;
}
