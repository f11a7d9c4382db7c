import { isFailure } from '@slipway/contract';
import type { Alert, MonitorReport, NewAlert, NewMonitorReport, ReportFilter } from '../../metadata/index.ts';
import {
  hasTrafficSince,
  type MonitorOutcome,
  type MonitorPorts,
  monitorEndpoint,
} from '../../stages/monitor/index.ts';
import type { MonitorInput, MonitorOutput } from '../model.ts';
import { monitoredModel } from '../monitoring/monitored-model.ts';
import { freshRows } from './fresh-rows.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { labelPages } from './label-pages.ts';

/**
 * Looks at a window of traffic beside the control plane. What it would write (the report, alerts raised and resolved)
 * comes back as output and is written by the control plane in the transaction that completes the job.
 */
export const monitorJob: JobHandler<'monitor'> = async (input, ports) => {
  const written: MonitorOutput = { report: null, raised: [], resolved: [], signals: null, fresh: null };
  if (await isIdle(input, ports)) return written;
  const outcome = await lookAt(input, {
    models: { current: () => monitoredModel(input, ports) },
    log: ports.predictions,
    calls: ports.calls,
    labels: { pages: () => labelPages(ports.objects, input.labels) },
    reports: {
      list: async (_, filter) => earlier(input.recentReports, filter),
      add: async (report) => storedReport(written, report),
    },
    alerts: {
      raise: async (alert) => ({
        alert: raised(written, alert),
        opened: !input.openAlerts.some(
          ({ key, version }) => key === alert.key && version === (alert.version ?? null),
        ),
      }),
      resolve: async (_, key, { version = null, reason = '' } = {}) => {
        written.resolved.push({ key, version, reason });
        return input.openAlerts.find((one) => one.key === key && one.version === version);
      },
      list: async () => input.openAlerts,
    },
    clock: ports.clock,
  });
  if (outcome === undefined) return written;
  const isActing = input.window === null;
  const signals = isActing ? outcome.signals : null;
  return { ...written, signals, fresh: await freshRows(input, ports) };
};

/** A run of the schedule has nothing to do where nothing was answered, refused or labelled since the report before. */
async function isIdle(input: MonitorInput, { predictions, calls }: JobPorts): Promise<boolean> {
  const { endpoint, isScheduled, lastEnd, hasNewLabels } = input;
  if (!isScheduled || lastEnd === null || hasNewLabels) return false;
  const model = { name: input.model, version: input.modelVersion, deployment: input.deployment };
  return !(await hasTrafficSince(endpoint, model, lastEnd, { log: predictions, calls }));
}

/** Undefined where the schedule asks and there was no traffic at all: that is no failure. */
async function lookAt(
  { endpoint, window, lastEnd, isScheduled, labelDays }: MonitorInput,
  ports: MonitorPorts,
): Promise<MonitorOutcome | undefined> {
  const asked = {
    endpoint,
    ...(window !== null && { window }),
    ...(lastEnd !== null && { lastEnd }),
    ...(labelDays !== undefined && { options: { labelDays } }),
  };
  try {
    return await monitorEndpoint(asked, ports);
  } catch (error) {
    if (isScheduled && isFailure(error, 'monitor.no-traffic')) return undefined;
    throw error;
  }
}

/** As the store filters them. */
function earlier(
  reports: readonly MonitorReport[],
  { windowEndedBy, limit = reports.length }: ReportFilter = {},
): MonitorReport[] {
  const ended = reports.filter((one) => windowEndedBy === undefined || one.windowEnd <= windowEndedBy);
  return ended.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, limit);
}

function storedReport(written: MonitorOutput, report: NewMonitorReport): MonitorReport {
  written.report = report;
  return { deployment: null, ...report, id: 'pending', createdAt: new Date(0).toISOString() };
}

function raised(written: MonitorOutput, alert: NewAlert): Alert {
  written.raised.push(alert);
  const never = new Date(0).toISOString();
  return {
    version: null,
    resolution: null,
    ...alert,
    id: 'pending',
    state: 'open',
    times: 1,
    firstSeenAt: never,
    lastSeenAt: never,
    resolvedAt: null,
  };
}
