import { WINDOW_REPORT } from '../journey/monitor/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore } from '../ledger/index.ts';
import { type MonitorInput, policyOf, startMonitor } from '../pipeline/index.ts';
import type { Job } from '../work/index.ts';

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
    const dueBefore = clock.now() - checkEveryMinutes * MINUTE_MS;
    const report = await stores.reports.latest(endpoint.name, WINDOW_REPORT);
    if (report !== undefined && Date.parse(report.createdAt) > dueBefore) continue;
    const look = await lastLook(database, endpoint.name);
    if (look !== undefined && (isUnderWay(look) || Date.parse(look.createdAt) > dueBefore)) continue;
    await startMonitor({ stores, objects, clock }, { endpoint: endpoint.name, window: null });
    queued++;
  }
  return queued;
}

/** The newest look, whatever came of it: one that found no traffic writes no report, yet it was a look. */
async function lastLook({ stores }: Database, endpoint: string): Promise<Job | undefined> {
  const looks = await stores.jobs.list({ kind: 'monitor' });
  return looks.find((job) => (job.input as MonitorInput).endpoint === endpoint);
}

function isUnderWay({ state }: Job): boolean {
  return state === 'queued' || state === 'running';
}
