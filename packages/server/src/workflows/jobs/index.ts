import { batchJob } from '../batch/batch-job.ts';
import { candidateJob } from '../candidate/candidate-job.ts';
import { validateModelJob } from '../validation/validate-model-job.ts';
import { importModelJob } from './import-model-job.ts';
import { ingestJob } from './ingest-job.ts';
import { inspectFileJob } from './inspect-file-job.ts';
import type { JobHandlers } from './job-ports.ts';
import { labelApplyJob } from './label-apply-job.ts';
import { labelOpenJob } from './label-open-job.ts';
import { labelsFileJob } from './labels-file-job.ts';
import { monitorJob } from './monitor-job.ts';
import { optimizeModelJob } from './optimize-model-job.ts';
import { predictFileJob } from './predict-file-job.ts';
import { previewJob } from './preview-job.ts';

/** What a job process can do. */
export const JOB_HANDLERS: JobHandlers = {
  ingest: ingestJob,
  candidate: candidateJob,
  'predict-file': predictFileJob,
  batch: batchJob,
  'validate-model': validateModelJob,
  'import-model': importModelJob,
  'optimize-model': optimizeModelJob,
  'labels-file': labelsFileJob,
  monitor: monitorJob,
  preview: previewJob,
  'inspect-file': inspectFileJob,
  'label-open': labelOpenJob,
  'label-apply': labelApplyJob,
};
