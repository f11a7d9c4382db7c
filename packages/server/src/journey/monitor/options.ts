/** How a window is judged. */
export type MonitorOptions = {
  /** Probability that a window without drift is called drifted. */
  alpha: number;
  /** Below this many rows a window is reported but never raises an alert. */
  minRows: number;
  /** Below this many labelled rows no quality is stated. */
  minLabels: number;
  /** Quality may fall this far below the hold-out's before it counts. */
  qualityTolerance: number;
  /** Consecutive clean windows after which an alert is resolved; windows that overlap are one. */
  cleanWindows: number;
  /** Fewer calls refused for one reason raise no alert, */
  minRefused: number;
  /** nor does a smaller share of all calls. */
  refusedShare: number;
  /** Of bootstrap intervals. */
  seed: number;
};

export const MONITOR_DEFAULTS: MonitorOptions = {
  alpha: 0.01,
  minRows: 200,
  minLabels: 100,
  qualityTolerance: 0.02,
  cleanWindows: 2,
  minRefused: 5,
  refusedShare: 0.01,
  seed: 1,
};
