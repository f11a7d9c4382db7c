import type { FailureData } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { MonitoringRun, Stores } from '../../metadata/index.ts';
import type { MonitorInput } from '../model.ts';
import { monitoringOf, nextRunAt } from './monitoring-schedule.ts';

/** The alert that tells of failing monitoring runs. */
export const MONITORING_FAILED = 'monitoring:failed';

/** Keeps that a run was queued; failures before it still count until one works. */
export async function keepRunBegun(
  stores: Stores,
  run: Pick<MonitoringRun, 'endpoint' | 'jobId'> & { now: number },
): Promise<void> {
  const { endpoint, jobId, now } = run;
  const failures = (await stores.monitoringRuns.find(endpoint))?.failures ?? 0;
  const startedAt = isoTime(now);
  await stores.monitoringRuns.put({
    endpoint,
    jobId,
    startedAt,
    endedAt: null,
    outcome: 'running',
    failures,
  });
}

/** Keeps that a run worked, which closes the alert about runs that failed. */
export async function keepRunWorked(
  stores: Stores,
  endpoint: string,
  { outcome, now }: { outcome: 'reported' | 'idle'; now: number },
): Promise<void> {
  const run = await stores.monitoringRuns.find(endpoint);
  if (run !== undefined)
    await stores.monitoringRuns.put({ ...run, endedAt: isoTime(now), outcome, failures: 0 });
  const reason = 'Monitoring works again.';
  if ((await stores.alerts.resolve(endpoint, MONITORING_FAILED, { reason })) !== undefined)
    await stores.outbox.add({
      topic: 'alert.resolved',
      subject: endpoint,
      payload: { key: MONITORING_FAILED, version: null, reason },
    });
}

/**
 * Keeps that a run failed: one alert, which counts the failures in a row and says when the next attempt is. An endpoint that
 * is gone has nobody to tell.
 */
export async function keepRunFailed(
  stores: Stores,
  name: string,
  { failure, now }: { failure: FailureData; now: number },
): Promise<void> {
  const endpoint = await stores.endpoints.find(name);
  if (endpoint === undefined) return;
  const before = await stores.monitoringRuns.find(name);
  const at = isoTime(now);
  const begun = { endpoint: name, jobId: null, startedAt: at };
  const failures = (before?.failures ?? 0) + 1;
  const run: MonitoringRun = { ...begun, ...before, endedAt: at, outcome: 'failed', failures };
  await stores.monitoringRuns.put(run);
  const next = monitoringOf(endpoint).enabled
    ? `The next attempt is at ${isoTime(nextRunAt(endpoint, run))}; slipway monitor ${name} tries at once.`
    : `Try again with slipway monitor ${name}.`;
  const alert = {
    endpoint: name,
    key: MONITORING_FAILED,
    severity: failures >= MANY_FAILURES ? 'critical' : 'warning',
    message: `${timesFailed(failures)}: ${failure.message} ${failure.hint} ${next}`,
    evidence: { failures, code: failure.code, at },
  } as const;
  const { opened } = await stores.alerts.raise(alert);
  if (opened) await stores.outbox.add({ topic: 'alert.opened', subject: name, payload: alert });
}

/** From here on the endpoint goes unwatched for hours. */
const MANY_FAILURES = 3;

function timesFailed(failures: number): string {
  return failures === 1 ? 'Monitoring failed' : `Monitoring failed ${failures} times in a row`;
}

/** What follows when a run's job has failed. One over chosen dates tells its caller alone; one without traffic is none. */
export async function afterFailedMonitor(
  stores: Stores,
  { endpoint, window }: MonitorInput,
  failure: FailureData,
  now: number,
): Promise<void> {
  if (window !== null) return;
  if (failure.code === 'monitor.no-traffic') await keepRunWorked(stores, endpoint, { outcome: 'idle', now });
  else await keepRunFailed(stores, endpoint, { failure, now });
}
