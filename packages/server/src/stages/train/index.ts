export {
  type CostMatrix,
  costOf,
  type DecisionCosts,
  type DecisionRule,
  decidedPlace,
  type ExpectedClassCosts,
  type ExpectedCosts,
  expectedCosts,
  matrixOf,
  type ThresholdDecision,
} from './decision.ts';
export { averageModels, ensembleModels } from './ensemble-models.ts';
export { featureView } from './feature-view.ts';
export type { Fold } from './folds.ts';
export * from './forecast/index.ts';
export { inProcessTrials } from './in-process-trials.ts';
export { binFeatures } from './learners/boosted-trees/index.ts';
export {
  closeTeamMemory,
  LEARNERS,
  type Learner,
  type LearnerData,
  type LearnerId,
  type LearnerParams,
  openTeamMemory,
  releaseTeam,
  type TeamMemory,
} from './learners/index.ts';
export { type MatrixKernels, openMatrixKernels } from './learners/network/index.ts';
export type { MakingInputs } from './making/making-inputs.ts';
export {
  answeredClasses,
  type Confusion,
  confusionOf,
  equalMassBins,
  METRICS,
  type Metric,
  type MetricOptions,
  measure,
  PRIMARY_METRIC,
} from './metrics/index.ts';
export * from './model.ts';
export { sizeInLeaves } from './model-size.ts';
export { ACTIVATIONS } from './parts/activations.ts';
export { BEND, bend, denseWidth, FURTHEST } from './parts/dense-inputs.ts';
export { marginsOfMeans, SMALLEST_MEAN } from './parts/margins-of-means.ts';
export { LEAST_BANDWIDTH } from './parts/neighbour-means.ts';
export type { JournalEntry, OpenTrialPool, TrialFit, TrialJournal, TrialPool, TrialTask } from './ports.ts';
export { applyLink, predictAdditive, rawScores } from './predict.ts';
export { type RefitOutcome, type RefitRequest, refitModel } from './refit-model.ts';
export { featuresRead, renumberFeatures } from './renumber-features.ts';
export { roundModel } from './round-model.ts';
export { runTrial } from './run-trial.ts';
export { type ClassCostMatrix, expectedClassCosts } from './search/decision/class-cost-decision.ts';
export type { MadeOutcome } from './search/features/settle-made.ts';
export type { LeaderboardEntry } from './search/leaderboard.ts';
export {
  type GivenConfiguration,
  parseSearchConfiguration,
  type SearchConfiguration,
} from './search/search-configuration.ts';
export { REFIT_ALLOWANCE } from './search/search-share.ts';
export type { Selection } from './search/selection.ts';
export type { TrialRecord } from './search/trial-record.ts';
export { fitTargetUnits, inUnits, modelFromUnits } from './target-units.ts';
export { textsOf } from './texts-of.ts';
export {
  type TrainedModel,
  type TrainPorts,
  type TrainProgress,
  type TrainRequest,
  trainModel,
} from './train-model.ts';
