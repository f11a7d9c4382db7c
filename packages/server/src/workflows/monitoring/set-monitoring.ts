import type { MonitoringSettings } from '@slipway/contract';
import type { Stores } from '../../metadata/index.ts';
import { MONITORING_FAILED } from './monitoring-runs.ts';
import { monitoringOf } from './monitoring-schedule.ts';

/**
 * Sets the schedule of an endpoint; returns whether it changed. Switched off, it closes the alert about failed runs. Throws
 * `endpoint.missing`.
 */
export async function setMonitoring(
  stores: Stores,
  {
    name,
    settings,
    by,
    requestId,
  }: { name: string; settings: MonitoringSettings; by: string; requestId?: string },
): Promise<boolean> {
  const before = monitoringOf(await stores.endpoints.get(name));
  if (before.enabled === settings.enabled && before.everyMinutes === settings.everyMinutes) return false;
  await stores.endpoints.setMonitoring(name, settings);
  if (!settings.enabled) {
    const reason = `Monitoring was switched off by ${by}.`;
    await stores.alerts.resolve(name, MONITORING_FAILED, { reason });
  }
  await stores.audit.append({
    who: by,
    what: 'endpoints.monitoring',
    subject: name,
    ...(requestId !== undefined && { requestId }),
    details: settings,
  });
  return true;
}
