import type { Alert, AlertSeverity, AlertStore, NewAlert } from '../../ledger/index.ts';
import { isConfirmed } from './confirm-drift.ts';
import type { ColumnDrift, WindowReport } from './model.ts';
import { canTellPerformance, isPerformanceAlert, performanceAlerts } from './performance/index.ts';

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
export function alertsOf(report: WindowReport): NewAlert[] {
  const drift = report.drift.enough
    ? [
        ...report.columns.map((column) => driftAlert(report, `drift:column:${column.name}`, column)),
        ...report.scores.map((column) => driftAlert(report, `drift:prediction:${column.name}`, column)),
      ]
    : [];
  return [...drift.filter((alert) => alert !== null), ...performanceAlerts(report)];
}

function driftAlert({ endpoint, version }: WindowReport, key: string, column: ColumnDrift): NewAlert | null {
  const severity = SEVERITY[column.level];
  if (severity === null || !isConfirmed(column)) return null;
  const { says: message, leading, tests, importance } = column;
  return { endpoint, key, severity, message, evidence: { version, leading, tests, importance } };
}

/**
 * Opens or refreshes the alerts that were called for, and resolves open ones that neither this report nor the former
 * ones of `recent` (all large enough to tell) called for.
 */
export async function applyAlerts(
  report: WindowReport,
  called: readonly NewAlert[],
  recent: readonly WindowReport[],
  store: AlertStore,
): Promise<AlertChanges> {
  const changes: AlertChanges = { opened: [], refreshed: [], resolved: [] };
  for (const alert of called) {
    const raised = await store.raise(alert);
    changes[raised.opened ? 'opened' : 'refreshed'].push(raised.alert);
  }
  const still = new Set([report, ...recent].flatMap((one) => alertsOf(one).map(({ key }) => key)));
  const open = await store.list({ endpoint: report.endpoint, state: 'open', limit: 1000 });
  for (const { key } of open) {
    if (still.has(key) || !canTell(report, key)) continue;
    const resolved = await store.resolve(report.endpoint, key);
    if (resolved !== undefined) changes.resolved.push(resolved);
  }
  return changes;
}

/** A small window says nothing about drift, and few labels say nothing about quality. */
function canTell(report: WindowReport, key: string): boolean {
  if (isPerformanceAlert(key)) return canTellPerformance(report, key);
  return key.startsWith('drift:') && report.drift.enough;
}
