export { acceptRetraining } from './accept-retraining.ts';
export { addLabels } from './add-labels.ts';
export { afterCandidate } from './after-candidate.ts';
export { afterIngest } from './after-ingest.ts';
export { afterLabelApply, afterLabelOpen } from './after-labelling.ts';
export { afterMonitor, callsForPolicy } from './after-monitor.ts';
export { type BundleReader, bundleReader } from './bundle-reader.ts';
export { cancelPipelineRun } from './cancel-pipeline-run.ts';
export { finishingSeconds } from './candidate/finishing-time.ts';
export { prepareRows } from './candidate/prepare-rows.ts';
export { refitFacts, servedModel } from './candidate/refit-candidate.ts';
export { trainCandidate } from './candidate/train-candidate.ts';
export { closeAborted, closeReplaced } from './close-alerts.ts';
export { declareEndpoint } from './declare-endpoint.ts';
export { deployCandidate } from './deploy-candidate.ts';
export { deployVersion, promoteVersion } from './deploy-version.ts';
export { endFailedJob } from './end-failed.ts';
export { graphGolden } from './graph/graph-golden.ts';
export { graphFile, type Member, profileOf, shapeOf } from './graph/graph-members.ts';
export { inspectInput } from './inspect-upload.ts';
export { JOB_HANDLERS } from './jobs/index.ts';
export type { JobHandlers, JobPorts, JobRun, PostToDataPlane } from './jobs/job-ports.ts';
export { liveQuality } from './live-quality.ts';
export type * from './model.ts';
export { afterFailedMonitor, keepRunFailed } from './monitoring-runs.ts';
export { monitoringOf, nextRunAt } from './monitoring-schedule.ts';
export { monitoringView } from './monitoring-view.ts';
export { pipelineRunView } from './pipeline-run-view.ts';
export { policyOf } from './policy.ts';
export { tryPolicy } from './policy-failures.ts';
export type { PipelineRunPorts, ProbeAnswer } from './ports.ts';
export { withdrawProposal } from './proposal.ts';
export { removeEndpoint } from './remove-endpoint.ts';
export { resumePipelineRuns } from './resume-pipeline-runs.ts';
export { raiseBackoff, resetBackoff } from './retraining-backoff.ts';
export { type RollbackAsk, rollBackDataset } from './roll-back-dataset.ts';
export { checkServedBundles } from './served-bundles.ts';
export { setMonitoring } from './set-monitoring.ts';
export { labelTarget } from './sort-labels.ts';
export { type BatchAsk, startBatch } from './start-batch.ts';
export { afterImport, startImport } from './start-import.ts';
export {
  servingEndpoint,
  startLabelsFile,
  startMonitor,
  startPredictFile,
  validationOf,
} from './start-jobs.ts';
export { type OpenQueueAsk, startLabelApply, startLabelOpen } from './start-labelling.ts';
export { afterOptimize, startOptimize } from './start-optimize.ts';
export { type RetrainAsk, type ShipAsk, startRetrain, startShip } from './start-pipeline-run.ts';
export { startTrain, type TrainAsk } from './start-train.ts';
export { enoughTried } from './stop-search.ts';
export { takeLabelsFile, takenLabels } from './take-labels-file.ts';
export { takeNews } from './take-news.ts';
export { trainedOn } from './trained-on.ts';
export { recordTrial } from './trial-runs.ts';
export { unknownPredictions } from './unknown-predictions.ts';
export { afterValidation, startValidation } from './validation/start-validation.ts';
