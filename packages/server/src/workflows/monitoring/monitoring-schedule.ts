import { type MonitoringSettings, monitoringSettingsSchema } from '@slipway/contract';
import type { Endpoint, MonitoringRun } from '../../metadata/index.ts';

const MINUTE_MS = 60_000;
/** The longest wait after failures, unless the schedule itself waits longer. */
const LONGEST_BACKOFF_MS = 24 * 60 * MINUTE_MS;

/** The schedule of an endpoint: every hour unless it was set or switched off. */
export function monitoringOf({ monitoring }: Pick<Endpoint, 'monitoring'>): MonitoringSettings {
  const parsed = monitoringSettingsSchema.safeParse(monitoring ?? {});
  return parsed.success ? parsed.data : monitoringSettingsSchema.parse({});
}

/**
 * When monitoring is due, epoch milliseconds: an interval after the last run began, or after the endpoint was made. A run
 * that failed is tried again after one interval, then after two, four and so on, a day at most.
 */
export function nextRunAt(
  endpoint: Pick<Endpoint, 'monitoring' | 'createdAt'>,
  run: Pick<MonitoringRun, 'startedAt' | 'endedAt' | 'failures'> | undefined,
): number {
  const interval = monitoringOf(endpoint).everyMinutes * MINUTE_MS;
  if (run === undefined) return Date.parse(endpoint.createdAt) + interval;
  if (run.failures === 0) return Date.parse(run.startedAt) + interval;
  return Date.parse(run.endedAt ?? run.startedAt) + backoffMs(interval, run.failures);
}

/** Doubles with each failure in a row. */
export function backoffMs(interval: number, failures: number): number {
  const longest = Math.max(interval, LONGEST_BACKOFF_MS);
  return Math.min(longest, interval * 2 ** Math.min(failures - 1, 30));
}
