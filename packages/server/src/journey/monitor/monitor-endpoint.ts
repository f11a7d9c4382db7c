import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { TimeWindow } from '../serve/index.ts';
import { type AlertChanges, alertsOf, applyAlerts } from './alerts.ts';
import { hasScores } from './compare-window.ts';
import { compareConfirmed, type ReadWindow } from './confirm-drift.ts';
import type { DriftReport, MonitorSignals, Performance, WindowProfile, WindowReport } from './model.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
import { measurePerformance } from './performance/index.ts';
import type { MonitoredModel, MonitorPorts } from './ports.ts';
import { windowProfiler } from './window-profile.ts';

/** The `kind` under which reports are stored. */
export const WINDOW_REPORT = 'window';

const DAY = 86_400_000;
/** Without a window told, the last day; where it has too few rows, the last week, then the last month. */
const WIDENING = [1, 7, 30];

export type MonitorRequest = {
  endpoint: string;
  /** Epoch milliseconds, from inclusive, to exclusive. */
  window?: TimeWindow;
  options?: Partial<MonitorOptions>;
};

export type MonitorOutcome = { report: WindowReport; alerts: AlertChanges; signals: MonitorSignals };

/**
 * Looks at a window of an endpoint's traffic: compares it with the model's reference, measures quality where labels
 * have come in, stores the report, opens and resolves alerts.
 *
 * Predictions that other versions answered are counted and left out, since their scores are another model's.
 * Throws `endpoint.missing`, and `monitor.no-traffic` when the model answered nothing in the window.
 */
export async function monitorEndpoint(request: MonitorRequest, ports: MonitorPorts): Promise<MonitorOutcome> {
  const options = { ...MONITOR_DEFAULTS, ...request.options };
  const model = await ports.models.current(request.endpoint);
  const traffic = await readTraffic(request, model, options, ports);
  const performance = await measurePerformance(request, model, traffic.profile, options, ports);
  if (traffic.profile.rows === 0 && performance.realised.labelled === 0)
    throw fail('monitor.no-traffic', { name: request.endpoint });
  const drift = await compareConfirmed(model.profile, traffic, options, profileReader(request, model, ports));
  const report = makeReport(request.endpoint, model, traffic, { drift, performance }, ports.clock.now());
  const recent = await recentReports(request.endpoint, options.cleanWindows - 1, ports);
  await ports.reports.add({
    endpoint: request.endpoint,
    kind: WINDOW_REPORT,
    windowStart: report.window.from,
    windowEnd: report.window.to,
    report,
  });
  const called = alertsOf(report);
  const alerts = await applyAlerts(report, called, recent, ports.alerts);
  return { report, alerts, signals: signalsOf(report, called) };
}

type Traffic = {
  from: number;
  to: number;
  profile: WindowProfile;
  otherVersions: number;
};

async function readTraffic(
  { endpoint, window = {} }: MonitorRequest,
  model: MonitoredModel,
  { minRows }: MonitorOptions,
  ports: MonitorPorts,
): Promise<Traffic> {
  const to = window.to ?? ports.clock.now() + 1;
  if (window.from !== undefined) return streamTraffic(endpoint, { from: window.from, to }, model, ports);
  let traffic: Traffic | undefined;
  for (const days of WIDENING) {
    traffic = await streamTraffic(endpoint, { from: to - days * DAY, to }, model, ports);
    if (traffic.profile.rows >= minRows) break;
  }
  return traffic!;
}

/** One pass over the log, in memory of one batch. */
async function streamTraffic(
  endpoint: string,
  window: Required<TimeWindow>,
  model: MonitoredModel,
  { log }: MonitorPorts,
): Promise<Traffic> {
  const profiler = windowProfiler(model.profile, model.columns);
  let otherVersions = 0;
  for await (const batch of log.read(endpoint, window)) {
    const own = batch.filter((record) => record.version === model.version);
    otherVersions += batch.length - own.length;
    for (const record of own) profiler.add(record);
  }
  return { ...window, profile: profiler.profile(), otherVersions };
}

/** Profiles of other windows of the version's traffic. */
function profileReader(
  { endpoint }: MonitorRequest,
  model: MonitoredModel,
  { log }: MonitorPorts,
): ReadWindow {
  return async (window) => {
    const profiler = windowProfiler(model.profile, model.columns);
    for await (const batch of log.read(endpoint, window)) {
      for (const record of batch) if (record.version === model.version) profiler.add(record);
    }
    return profiler.profile();
  };
}

function makeReport(
  endpoint: string,
  model: MonitoredModel,
  { from, to, profile, otherVersions }: Traffic,
  found: { drift: DriftReport; performance: Performance },
  now: number,
): WindowReport {
  const { performance } = found;
  const { columns, scores, drifted, says: compared, ...drift } = found.drift;
  const says = hasScores(model.profile)
    ? compared
    : `${compared} What it answers has no reference from held-out rows, so its drift is not measured.`;
  const { realised } = performance;
  return {
    endpoint,
    model: model.name,
    version: model.version,
    createdAt: isoTime(now),
    window: { from: isoTime(from), to: isoTime(to), rows: profile.rows, otherVersions },
    drifted,
    says: realised.degraded ? `${says} Performance has fallen: ${realised.decision}` : says,
    columns,
    scores,
    drift,
    performance,
  };
}

/** Former reports of windows large enough to tell, newest first. */
async function recentReports(endpoint: string, count: number, ports: MonitorPorts): Promise<WindowReport[]> {
  if (count <= 0) return [];
  const stored = await ports.reports.list(endpoint, { kind: WINDOW_REPORT });
  const reports = stored.map(({ report }) => report as WindowReport);
  return reports.filter(({ drift }) => drift.enough).slice(0, count);
}

function signalsOf(report: WindowReport, called: ReturnType<typeof alertsOf>): MonitorSignals {
  const { degraded, decision } = report.performance.realised;
  return {
    drift: { fired: called.some(({ key }) => key.startsWith('drift:')), says: report.says },
    performance: { fired: degraded, says: decision },
  };
}
