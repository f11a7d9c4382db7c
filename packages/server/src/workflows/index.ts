export { finishingSeconds } from './candidate/finishing-time.ts';
export { prepareRows } from './candidate/prepare-rows.ts';
export { refitFacts, servedModel } from './candidate/refit-candidate.ts';
export { trainCandidate } from './candidate/train-candidate.ts';
export { afterCandidate } from './complete/after-candidate.ts';
export { afterIngest } from './complete/after-ingest.ts';
export { afterLabelApply, afterLabelOpen } from './complete/after-labelling.ts';
export { afterMonitor, callsForPolicy } from './complete/after-monitor.ts';
export { type BundleReader, bundleReader } from './deploy/bundle-reader.ts';
export { declareEndpoint } from './deploy/declare-endpoint.ts';
export { deployCandidate } from './deploy/deploy-candidate.ts';
export { deployVersion, promoteVersion } from './deploy/deploy-version.ts';
export { removeEndpoint } from './deploy/remove-endpoint.ts';
export { checkServedBundles } from './deploy/served-bundles.ts';
export { graphGolden } from './graph/graph-golden.ts';
export { graphFile, type Member, profileOf, shapeOf } from './graph/graph-members.ts';
export { JOB_HANDLERS } from './jobs/index.ts';
export type { JobHandlers, JobPorts, JobRun, PostToDataPlane } from './jobs/job-ports.ts';
export { addLabels } from './labels/add-labels.ts';
export { labelTarget } from './labels/sort-labels.ts';
export { takeLabelsFile, takenLabels } from './labels/take-labels-file.ts';
export { unknownPredictions } from './labels/unknown-predictions.ts';
export type * from './model.ts';
export { closeAborted, closeReplaced } from './monitoring/close-alerts.ts';
export { liveQuality } from './monitoring/live-quality.ts';
export { afterFailedMonitor, keepRunFailed } from './monitoring/monitoring-runs.ts';
export { monitoringOf, nextRunAt } from './monitoring/monitoring-schedule.ts';
export { monitoringView } from './monitoring/monitoring-view.ts';
export { setMonitoring } from './monitoring/set-monitoring.ts';
export { cancelPipelineRun } from './pipeline-runs/cancel-pipeline-run.ts';
export { endFailedJob } from './pipeline-runs/end-failed.ts';
export { pipelineRunView } from './pipeline-runs/pipeline-run-view.ts';
export { recordProgress } from './pipeline-runs/record-progress.ts';
export { resumePipelineRuns } from './pipeline-runs/resume-pipeline-runs.ts';
export { enoughTried } from './pipeline-runs/stop-search.ts';
export { recordTrial } from './pipeline-runs/trial-runs.ts';
export type { PipelineRunPorts, ProbeAnswer } from './ports.ts';
export { acceptRetraining } from './retraining/accept-retraining.ts';
export { policyOf } from './retraining/policy.ts';
export { tryPolicy } from './retraining/policy-failures.ts';
export { withdrawProposal } from './retraining/retrain-recommendation.ts';
export { raiseBackoff, resetBackoff } from './retraining/retraining-backoff.ts';
export { type RollbackAsk, rollBackDataset } from './retraining/roll-back-dataset.ts';
export { trainedOn } from './retraining/trained-on.ts';
export { inspectInput } from './start/inspect-upload.ts';
export { type BatchAsk, startBatch } from './start/start-batch.ts';
export { afterImport, startImport } from './start/start-import.ts';
export {
  servingEndpoint,
  startLabelsFile,
  startMonitor,
  startPredictFile,
  validationOf,
} from './start/start-jobs.ts';
export { type OpenQueueAsk, startLabelApply, startLabelOpen } from './start/start-labelling.ts';
export { afterOptimize, startOptimize } from './start/start-optimize.ts';
export { type RetrainAsk, type ShipAsk, startRetrain, startShip } from './start/start-pipeline-run.ts';
export { startTrain, type TrainAsk } from './start/start-train.ts';
export { afterValidation, startValidation } from './validation/start-validation.ts';
