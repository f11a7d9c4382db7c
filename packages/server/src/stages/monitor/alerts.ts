import type { Alert, AlertSeverity, AlertStore, NewAlert } from '../../metadata/index.ts';
import { isConfirmed } from './confirm-drift.ts';
import type { ColumnDrift, RefusedCalls, WindowReport } from './model.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
import { canTellPerformance, isPerformanceAlert, performanceAlerts } from './performance/index.ts';
import { refusalKey } from './refused-calls.ts';

/** What became of the alerts of an endpoint after a window. */
export type AlertChanges = { opened: Alert[]; refreshed: Alert[]; resolved: Alert[] };

/** Drift of a column that the model ignores stays a note in the report; a window that is too small raises nothing. */
const SEVERITY: Record<ColumnDrift['level'], AlertSeverity | null> = {
  none: null,
  note: null,
  warning: 'warning',
  critical: 'critical',
};

/** The alerts a report calls for; the key makes sightings of one thing one alert. */
export function alertsOf(report: WindowReport, options: MonitorOptions = MONITOR_DEFAULTS): NewAlert[] {
  const drift = report.drift.enough
    ? [
        ...report.columns.map((column) => driftAlert(report, `drift:column:${column.name}`, column)),
        ...report.scores.map((column) => driftAlert(report, `drift:prediction:${column.name}`, column)),
      ]
    : [];
  const refused = (report.calls?.refusals ?? [])
    .filter((refusal) => isMany(refusal, options) && refusal.sinceLast > 0)
    .map((refusal) => refusalAlert(report, refusal));
  return [...drift.filter((alert) => alert !== null), ...performanceAlerts(report), ...refused];
}

function isMany({ count, share }: RefusedCalls, { minRefused, refusedShare }: MonitorOptions): boolean {
  return count >= minRefused && share >= refusedShare;
}

/** From this share of the calls on, an endpoint fails most of its callers. */
const CRITICAL_SHARE = 0.5;

function refusalAlert({ endpoint, version, window, calls }: WindowReport, refusal: RefusedCalls): NewAlert {
  const { code, column, count, share, says } = refusal;
  const all = calls!.answered + calls!.refused;
  const message =
    `${count} ${count === 1 ? 'call was' : 'calls were'} refused: ${says}; ` +
    `${percentOf(share)} of the ${all} calls since ${window.from.slice(0, 16).replace('T', ' ')} UTC.`;
  const severity = share >= CRITICAL_SHARE ? 'critical' : 'warning';
  const evidence = { version, code, column, count, share };
  return { endpoint, version, key: refusalKey(refusal), severity, message, evidence };
}

function percentOf(share: number): string {
  return `${share < 0.1 ? (100 * share).toFixed(1) : Math.round(100 * share)} %`;
}

function driftAlert({ endpoint, version }: WindowReport, key: string, column: ColumnDrift): NewAlert | null {
  const severity = SEVERITY[column.level];
  if (severity === null || !isConfirmed(column)) return null;
  const { says: message, leading, tests, importance } = column;
  return { endpoint, version, key, severity, message, evidence: { version, leading, tests, importance } };
}

/** The report of a window before, and when it was stored. */
export type EarlierWindow = { report: WindowReport; createdAt: string };

type Found = {
  called: readonly NewAlert[];
  /** Of windows that do not overlap, newest first; undefined where there are too few to close an alert. */
  earlier: readonly EarlierWindow[] | undefined;
  options: MonitorOptions;
};

/**
 * Opens or refreshes the alerts that were called for, and resolves open ones of the same version that neither this report nor
 * the earlier ones (all large enough to tell), nor any report between them, called for. Alerts of other versions are not this
 * report's to close.
 */
export async function applyAlerts(
  report: WindowReport,
  { called, earlier, options }: Found,
  store: AlertStore,
): Promise<AlertChanges> {
  const changes: AlertChanges = { opened: [], refreshed: [], resolved: [] };
  for (const alert of called) {
    const raised = await store.raise(alert);
    changes[raised.opened ? 'opened' : 'refreshed'].push(raised.alert);
  }
  const calledKeys = new Set(called.map(({ key }) => key));
  const open = await store.list({ endpoint: report.endpoint, state: 'open', limit: 1000 });
  for (const alert of open) {
    const { key, version } = alert;
    if (version !== report.version || calledKeys.has(key)) continue;
    const reason = key.startsWith('refused:')
      ? whyRefusalsEnded(report, key)
      : whyClean(report, alert, earlier, options);
    if (reason === undefined) continue;
    const resolved = await store.resolve(report.endpoint, key, { version, reason });
    if (resolved !== undefined) changes.resolved.push(resolved);
  }
  return changes;
}

/** Undefined where the alert stays open. */
function whyClean(
  report: WindowReport,
  { key, lastSeenAt }: Alert,
  earlier: readonly EarlierWindow[] | undefined,
  options: MonitorOptions,
): string | undefined {
  if (!canTell(report, key)) return undefined;
  // Performance is measured over the labelled predictions, which need no windows that are apart.
  const before = earlier ?? (isPerformanceAlert(key) ? [] : undefined);
  if (before === undefined) return undefined;
  const isCalledBy = (one: WindowReport) => alertsOf(one, options).some((alert) => alert.key === key);
  if (before.some((one) => isCalledBy(one.report))) return undefined;
  const oldest = before.at(-1);
  // A report between the windows that called for it refreshed the alert.
  if (oldest !== undefined && lastSeenAt > oldest.createdAt) return undefined;
  const windows = before.length + 1;
  return windows === 1
    ? `It was not found up to ${report.window.to}.`
    : `It was not found in ${windows} windows one after the other, up to ${report.window.to}.`;
}

/** Refusals end when calls are answered and none is refused for the reason any more. */
function whyRefusalsEnded({ calls, window }: WindowReport, key: string): string | undefined {
  if (calls === undefined || calls.answeredSinceLast === 0) return undefined;
  const still = calls.refusals.some((refusal) => refusalKey(refusal) === key && refusal.sinceLast > 0);
  // Of very many reasons a report names the most frequent alone, so one that it lacks may go on.
  const named = calls.refusals.reduce((sum, { count }) => sum + count, 0);
  if (still || named < calls.refused) return undefined;
  return `No call was refused for this reason since the report before; ${calls.answeredSinceLast} were answered, up to ${window.to}.`;
}

/** A small window says nothing about drift, and few labels say nothing about quality. */
function canTell(report: WindowReport, key: string): boolean {
  if (isPerformanceAlert(key)) return canTellPerformance(report, key);
  return key.startsWith('drift:') && report.drift.enough;
}
