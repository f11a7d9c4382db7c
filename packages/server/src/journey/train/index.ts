export type { Fold } from './folds.ts';
export { inProcessTrials } from './in-process-trials.ts';
export { accumulateReference, binFeatures, openTreeKernels } from './learners/boosted-trees/index.ts';
export { LEARNERS, type LearnerData, type LearnerId, type LearnerParams } from './learners/index.ts';
export {
  type Confusion,
  confusionOf,
  METRICS,
  type Metric,
  type MetricOptions,
  measure,
  PRIMARY_METRIC,
} from './metrics/index.ts';
export * from './model.ts';
export type { OpenTrialPool, TrialFit, TrialPool, TrialTask } from './ports.ts';
export { applyLink, predictAdditive } from './predict.ts';
export { runTrial } from './run-trial.ts';
export type { LeaderboardEntry } from './search/leaderboard.ts';
export {
  type TrainedModel,
  type TrainPorts,
  type TrainProgress,
  type TrainRequest,
  trainModel,
} from './train-model.ts';
