/** How a window is judged. */
export type MonitorOptions = {
  /** Probability that a window without drift is called drifted. */
  alpha: number;
  /** Below this many rows a window is reported but never raises an alert. */
  minRows: number;
  /** Below this many labelled rows no quality is stated. */
  minLabels: number;
  /** Accuracy and ROC AUC may be this far below the hold-out's, and log loss above, before it counts. */
  qualityTolerance: number;
  /** Errors (RMSE, MAE, log loss) may be this share above the hold-out's before it counts. */
  errorTolerance: number;
  /** Performance is measured over the predictions of so many days, back from the newest labelled one; chosen by the labels when left out. */
  labelDays?: number;
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
  errorTolerance: 0.1,
  cleanWindows: 2,
  minRefused: 5,
  refusedShare: 0.01,
  seed: 1,
};
