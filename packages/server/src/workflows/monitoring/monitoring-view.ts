import { isFailure, type MonitoringView } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { Endpoint, MonitoringRun, Stores } from '../../metadata/index.ts';
import { refuseUnmonitored } from '../start/start-jobs.ts';
import { monitoringOf, nextRunAt } from './monitoring-schedule.ts';

/** The schedule of an endpoint, and what became of its last run. */
export async function monitoringView(stores: Stores, endpoint: Endpoint): Promise<MonitoringView> {
  const settings = monitoringOf(endpoint);
  const run = await stores.monitoringRuns.find(endpoint.name);
  const whyNot = settings.enabled ? await whyNotRun(stores, endpoint) : 'Monitoring is switched off.';
  const nextAt = whyNot === undefined ? isoTime(nextRunAt(endpoint, run)) : null;
  return {
    ...settings,
    lastRun: run === undefined ? null : lastRunOf(run),
    nextRunAt: nextAt,
    says: whyNot ?? `Monitoring runs every ${inWords(settings.everyMinutes)}.${failedInWords(run)}`,
  };
}

function lastRunOf({ startedAt, endedAt, outcome, failures }: MonitoringRun): MonitoringView['lastRun'] {
  return { startedAt, endedAt, outcome, failures };
}

async function whyNotRun(stores: Stores, endpoint: Endpoint): Promise<string | undefined> {
  if (endpoint.pausedAt !== null) return 'Monitoring waits until the endpoint is resumed.';
  try {
    await refuseUnmonitored(stores, endpoint);
    return undefined;
  } catch (error) {
    if (isFailure(error, 'model.made-elsewhere'))
      return 'The model was imported, so there is no training data to compare its traffic with.';
    throw error;
  }
}

function inWords(minutes: number): string {
  if (minutes === 60) return 'hour';
  if (minutes % 60 === 0) return `${minutes / 60} hours`;
  return minutes === 1 ? 'minute' : `${minutes} minutes`;
}

function failedInWords(run: MonitoringRun | undefined): string {
  if (run === undefined || run.failures === 0) return '';
  return run.failures === 1 ? ' The last run failed.' : ` The last ${run.failures} runs failed.`;
}
