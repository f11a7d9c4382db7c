export { compareWindow } from './compare-window.ts';
export { DRIFT_TESTS, type DriftTest } from './drift-tests/index.ts';
export { mergeWindows } from './merge-windows.ts';
export type * from './model.ts';
export { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
export { emptyWindow, type WindowProfiler, windowProfiler } from './window-profile.ts';
