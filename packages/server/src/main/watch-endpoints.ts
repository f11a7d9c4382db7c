import { fail, failureData, isFailure } from '@slipway/contract';
import type { Clock } from '../kernel/index.ts';
import type { Database, Endpoint, MonitoringRun, ObjectStore } from '../metadata/index.ts';
import { keepRunFailed, monitoringOf, nextRunAt, startMonitor } from '../workflows/index.ts';

export type WatchPorts = {
  database: Database;
  objects: ObjectStore;
  clock: Clock;
  /** Told of what is no failure of the catalogue. */
  onError: (error: unknown) => void;
};

/**
 * Queues a monitoring run of every endpoint whose schedule says that it is due: not of endpoints that are paused, serve
 * nothing yet, or have a model without a reference. One that cannot be queued is a failed run of that endpoint alone. Returns
 * how many were queued.
 */
export async function watchEndpoints(ports: WatchPorts): Promise<number> {
  const { stores } = ports.database;
  let queued = 0;
  for (const endpoint of await stores.endpoints.list()) {
    if (!monitoringOf(endpoint).enabled || endpoint.pausedAt !== null || endpoint.currentRevision === null)
      continue;
    const run = await stores.monitoringRuns.find(endpoint.name);
    if (nextRunAt(endpoint, run) > ports.clock.now() || (await isUnderWay(ports, run))) continue;
    if (await queueRun(ports, endpoint)) queued++;
  }
  return queued;
}

async function queueRun(
  { database, objects, clock, onError }: WatchPorts,
  { name }: Endpoint,
): Promise<boolean> {
  const { stores } = database;
  try {
    await startMonitor({ stores, objects, clock }, { endpoint: name, window: null, isScheduled: true });
    return true;
  } catch (error) {
    if (isFailure(error, 'model.made-elsewhere') || isFailure(error, 'endpoint.missing')) return false;
    if (!isFailure(error)) onError(error);
    const failure = failureData(isFailure(error) ? error : fail('internal', {}, { cause: error }));
    await database.transaction((inside) => keepRunFailed(inside, name, { failure, now: clock.now() }));
    return false;
  }
}

async function isUnderWay({ database }: WatchPorts, run: MonitoringRun | undefined): Promise<boolean> {
  if (run === undefined || run.jobId === null || run.outcome !== 'running') return false;
  const job = await database.stores.jobs.find(run.jobId);
  return job !== undefined && (job.state === 'queued' || job.state === 'running');
}
