import { WINDOW_REPORT } from '../journey/monitor/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore } from '../ledger/index.ts';
import { policyOf, startMonitor } from '../pipeline/index.ts';

const MINUTE_MS = 60_000;

/** Queues a look at every endpoint whose policy asks for one and whose last look is old enough. Returns how many. */
export async function watchEndpoints(
  database: Database,
  objects: ObjectStore,
  clock: Clock,
): Promise<number> {
  const { stores } = database;
  let queued = 0;
  for (const endpoint of await stores.endpoints.list()) {
    const { mode, checkEveryMinutes } = policyOf(endpoint);
    if (mode === 'off' || endpoint.currentRevision === null) continue;
    const last = await stores.reports.latest(endpoint.name, WINDOW_REPORT);
    const age = last === undefined ? Number.POSITIVE_INFINITY : clock.now() - Date.parse(last.createdAt);
    if (age < checkEveryMinutes * MINUTE_MS || (await isLooking(database, endpoint.name))) continue;
    await startMonitor({ stores, objects }, { endpoint: endpoint.name, window: null });
    queued++;
  }
  return queued;
}

async function isLooking({ stores }: Database, endpoint: string): Promise<boolean> {
  for (const state of ['queued', 'running'] as const) {
    const jobs = await stores.jobs.list({ kind: 'monitor', state });
    if (jobs.some((job) => (job.input as { endpoint?: string }).endpoint === endpoint)) return true;
  }
  return false;
}
