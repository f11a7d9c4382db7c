import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { TimeWindow } from '../serve/index.ts';
import { type AlertChanges, alertsOf, applyAlerts, type EarlierWindow } from './alerts.ts';
import { hasScores } from './compare-window.ts';
import { compareConfirmed, type ReadWindow } from './confirm-drift.ts';
import type {
  CallsReport,
  DriftReport,
  MonitorSignals,
  Performance,
  WindowProfile,
  WindowReport,
} from './model.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
import { isOwnRecord } from './own-records.ts';
import { measurePerformance } from './performance/index.ts';
import type { MonitoredModel, MonitorPorts } from './ports.ts';
import { countCalls } from './refused-calls.ts';
import { windowProfiler } from './window-profile.ts';

/** The `kind` under which reports are stored. */
export const WINDOW_REPORT = 'window';
/** The same of reports over dates that a caller chose, which say nothing of the present. */
const CHOSEN_DATES_REPORT = 'chosen-dates';

const DAY = 86_400_000;
/** Without a window told, the last day; where it has too few rows, the last week, then the last month. */
export const WIDENING_DAYS = [1, 7, 30];

export type MonitorRequest = {
  endpoint: string;
  /** Chosen dates: epoch milliseconds, from inclusive, to exclusive. */
  window?: TimeWindow;
  /** When the report before ended, epoch milliseconds: refusals before it were told already. */
  lastEnd?: number;
  options?: Partial<MonitorOptions>;
};

export type MonitorOutcome = { report: WindowReport; alerts: AlertChanges; signals: MonitorSignals };

/**
 * Looks at a window of an endpoint's traffic: compares it with the model's reference, measures quality where labels
 * have come in, stores the report, opens and resolves alerts.
 *
 * Predictions that other versions answered are counted and left out, since their scores are another model's.
 * A report over chosen dates is kept and changes nothing else: the past does not act on the present.
 * Throws `endpoint.missing`, and `monitor.no-traffic` when the model answered and refused nothing in the window.
 */
export async function monitorEndpoint(request: MonitorRequest, ports: MonitorPorts): Promise<MonitorOutcome> {
  const options = { ...MONITOR_DEFAULTS, ...request.options };
  const model = await ports.models.current(request.endpoint);
  const traffic = await readTraffic(request, model, options, ports);
  const { from, to } = traffic;
  const isChosen = request.window !== undefined;
  const sinceMs = isChosen ? from : (request.lastEnd ?? from);
  const calls = await countCalls(request.endpoint, model, { from, to, sinceMs }, ports.calls);
  const performance = await measurePerformance(request, model, traffic.profile, options, ports);
  if (traffic.profile.rows === 0 && calls.refused === 0 && performance.realised.labelled === 0)
    throw fail('monitor.no-traffic', { name: request.endpoint });
  const drift =
    traffic.profile.rows > 0
      ? await compareConfirmed(model.profile, traffic, options, profileReader(request, model, ports))
      : notCompared(model, calls, options);
  const report = {
    ...makeReport(request.endpoint, model, { traffic, calls, drift, performance }, ports.clock.now()),
    chosenDates: isChosen,
  };
  const earlier = isChosen ? [] : await earlierWindows(report, options, ports);
  await ports.reports.add({
    endpoint: request.endpoint,
    kind: isChosen ? CHOSEN_DATES_REPORT : WINDOW_REPORT,
    deployment: model.deployment ?? null,
    windowStart: report.window.from,
    windowEnd: report.window.to,
    report,
  });
  if (isChosen) return { report, alerts: { opened: [], refreshed: [], resolved: [] }, signals: QUIET };
  const called = alertsOf(report, options);
  const alerts = await applyAlerts(report, { called, earlier, options }, ports.alerts);
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
  for (const days of WIDENING_DAYS) {
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
    const own = batch.filter((record) => isOwnRecord(record, model));
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
      for (const record of batch) if (isOwnRecord(record, model)) profiler.add(record);
    }
    return profiler.profile();
  };
}

function makeReport(
  endpoint: string,
  model: MonitoredModel,
  found: { traffic: Traffic; calls: CallsReport; drift: DriftReport; performance: Performance },
  now: number,
): Omit<WindowReport, 'chosenDates'> {
  const { calls, performance } = found;
  const { from, to, profile, otherVersions } = found.traffic;
  const { columns, scores, drifted, says: compared, ...drift } = found.drift;
  const says = hasScores(model.profile)
    ? compared
    : `${compared} What it answers has no reference from held-out rows, so its drift is not measured.`;
  const { realised } = performance;
  return {
    endpoint,
    model: model.name,
    version: model.version,
    ...(model.deployment !== undefined && { deployment: model.deployment }),
    createdAt: isoTime(now),
    window: { from: isoTime(from), to: isoTime(to), rows: profile.rows, otherVersions },
    drifted,
    says: realised.degraded ? `${says} Performance has fallen: ${realised.decision}` : says,
    columns,
    scores,
    drift,
    performance,
    calls,
  };
}

/** Of a window without predictions, whose calls were refused or which has labels of earlier ones: there is nothing to compare. */
function notCompared(
  { profile }: MonitoredModel,
  { refused }: CallsReport,
  { alpha, minRows }: MonitorOptions,
): DriftReport {
  const says =
    refused === 0
      ? 'No prediction was made.'
      : `No prediction was made: ${refused} ${refused === 1 ? 'call was' : 'calls were'} refused.`;
  const sizes = { rows: 0, referenceRows: profile.rows, alpha, minRows, enough: false };
  return { ...sizes, drifted: false, says, columns: [], scores: [] };
}

const QUIET: MonitorSignals = {
  drift: { fired: false, says: 'A report over chosen dates starts nothing.' },
  performance: { fired: false, says: 'A report over chosen dates starts nothing.' },
};

/**
 * Reports of the windows before this one, newest first, as many as it takes to close an alert. Each ended before the next
 * began, so that two looks at the same day are one. Undefined where there are not so many, or they were too small to tell.
 */
async function earlierWindows(
  { endpoint, deployment, window }: WindowReport,
  { cleanWindows }: MonitorOptions,
  { reports }: MonitorPorts,
): Promise<EarlierWindow[] | undefined> {
  const found: EarlierWindow[] = [];
  let windowEndedBy = window.from;
  while (found.length < cleanWindows - 1) {
    const of = { kind: WINDOW_REPORT, ...(deployment !== undefined && { deployment }) };
    const [stored] = await reports.list(endpoint, { ...of, windowEndedBy, limit: 1 });
    if (stored === undefined) return undefined;
    const report = stored.report as WindowReport;
    if (!report.drift.enough) return undefined;
    found.push({ report, createdAt: stored.createdAt });
    windowEndedBy = report.window.from;
  }
  return found;
}

function signalsOf(report: WindowReport, called: ReturnType<typeof alertsOf>): MonitorSignals {
  const { degraded, decision } = report.performance.realised;
  return {
    drift: { fired: called.some(({ key }) => key.startsWith('drift:')), says: report.says },
    performance: { fired: degraded, says: decision },
  };
}
