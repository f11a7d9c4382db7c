export type { AlertChanges } from './alerts.ts';
export { compareWindow } from './compare-window.ts';
export { compareConfirmed, isConfirmed } from './confirm-drift.ts';
export type { DriftTest } from './drift-tests/index.ts';
export { mergeWindows } from './merge-windows.ts';
export type * from './model.ts';
export {
  type MonitorOutcome,
  type MonitorRequest,
  monitorEndpoint,
  WIDENING_DAYS,
  WINDOW_REPORT,
} from './monitor-endpoint.ts';
export { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
export { hasTrafficSince } from './own-records.ts';
export { isFallenPerformance, MOST_LABELS, measurePerformance } from './performance/index.ts';
export type { MonitoredModel, MonitoredModels, MonitorPorts } from './ports.ts';
export { type WindowProfiler, windowProfiler } from './window-profile.ts';
