import { z } from 'zod';
import { flagSchema, idSchema } from '../bounded-schemas.ts';
import { nameSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { jobSchema, pipelineRunSchema, pipelineRunStateSchema } from '../pipeline-run-nouns.ts';
import { recencySchema } from '../recency.ts';
import { curveSchema, runComparisonSchema, runSchema } from '../run-nouns.ts';
import { refuseUnsupportedTraining } from '../supported-tasks.ts';
import { shipRequestSchema, trainRequestSchema } from '../training-request-nouns.ts';

/** Runs that are compared at once. */
const MOST_COMPARED = 100;

export const pipelineRunOperations = {
  'pipelineRuns.ship': {
    method: 'POST',
    path: '/api/v1/pipeline-runs',
    module: 'execution',
    permission: 'pipelines:write',
    summary: 'Take an uploaded table, or a dataset version, all the way to a monitored endpoint.',
    body: shipRequestSchema,
    refuseBody: refuseUnsupportedTraining,
    answer: pipelineRunSchema,
    failures: [
      'upload.missing',
      'dataset.missing',
      'dataset.version-missing',
      'operation.not-yet',
      'model.other-target',
      'endpoint.exists',
      'pipeline-run.running',
      'metric.unfit',
      'costs.unfit',
      'threshold.unfit',
      'gate.metric-unknown',
      'gate.set-unknown',
      'gate.column-missing',
      'gate.value-unfit',
      'validation.unfit',
      'task.unsupported',
      'target.needed',
      'target.several',
    ],
    example: { uploadId: 'upl_…', target: 'churned', budgetSeconds: 60 },
  },
  'pipelineRuns.train': {
    method: 'POST',
    path: '/api/v1/trainings',
    module: 'train',
    permission: 'pipelines:write',
    summary: 'Train a model and register it: automatic, one learner within ranges, or one fixed fit.',
    body: trainRequestSchema,
    refuseBody: refuseUnsupportedTraining,
    answer: pipelineRunSchema,
    failures: [
      'upload.missing',
      'dataset.missing',
      'operation.not-yet',
      'model.other-target',
      'endpoint.exists',
      'pipeline-run.running',
      'metric.unfit',
      'costs.unfit',
      'threshold.unfit',
      'gate.metric-unknown',
      'gate.set-unknown',
      'gate.column-missing',
      'gate.value-unfit',
      'validation.unfit',
      'train.learner-unknown',
      'train.learner-needed',
      'train.params-invalid',
      'train.space-invalid',
      'task.unsupported',
      'target.needed',
      'target.several',
    ],
    example: {
      dataset: { name: 'customers' },
      target: 'churned',
      learner: 'boosted-trees',
      space: { leaves: { low: 8, high: 128, log: true } },
      budgetSeconds: 60,
    },
  },
  'pipelineRuns.list': {
    method: 'GET',
    path: '/api/v1/pipeline-runs',
    module: 'execution',
    permission: 'pipelines:read',
    summary: 'List the pipeline runs, newest first.',
    query: z.object({
      name: nameSchema.optional().describe('Those of one dataset, model and endpoint'),
      state: pipelineRunStateSchema.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    answer: z.object({ pipelineRuns: z.array(pipelineRunSchema) }),
    failures: [],
  },
  'pipelineRuns.get': {
    method: 'GET',
    path: '/api/v1/pipeline-runs/{id}',
    module: 'execution',
    permission: 'pipelines:read',
    summary: 'Show a pipeline run, stage by stage.',
    params: z.object({ id: idSchema }),
    query: z.object({
      after: z
        .string()
        .max(100)
        .optional()
        .describe('State tag of the last answer: waits up to 20 s for a newer one'),
    }),
    answer: pipelineRunSchema.extend({ tag: z.string() }),
    failures: ['pipeline-run.missing'],
  },
  'pipelineRuns.cancel': {
    method: 'POST',
    path: '/api/v1/pipeline-runs/{id}/cancel',
    module: 'execution',
    permission: 'pipelines:write',
    summary: 'Cancel a running pipeline run.',
    params: z.object({ id: idSchema }),
    answer: pipelineRunSchema,
    failures: ['pipeline-run.missing'],
  },
  'pipelineRuns.accept': {
    method: 'POST',
    path: '/api/v1/pipeline-runs/{id}/accept',
    module: 'retrain',
    permission: 'pipelines:write',
    summary: 'Accept the rows of a retraining that was refused for them, and train again on them.',
    params: z.object({ id: idSchema }),
    body: z.strictObject({
      reason: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .describe('Why the rows differ on purpose; kept with the pipeline run, the audit log and the card'),
      budgetSeconds: z
        .number()
        .min(1)
        .max(86_400)
        .optional()
        .describe('As the refused retraining had when left out'),
      recent: recencySchema
        .nullable()
        .optional()
        .describe('Which training rows are used; null for all, as the refused retraining when left out'),
    }),
    answer: pipelineRunSchema,
    failures: [
      'pipeline-run.missing',
      'pipeline-run.not-acceptable',
      'pipeline-run.running',
      'recency.unfit',
      'model.missing',
    ],
    example: { reason: 'Prices rose by a tenth on the first of May.' },
  },
  'jobs.list': {
    method: 'GET',
    path: '/api/v1/jobs',
    module: 'execution',
    permission: 'pipelines:read',
    summary: 'List the jobs, newest first.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answer: z.object({ jobs: z.array(jobSchema) }),
    failures: [],
  },
  'jobs.get': {
    method: 'GET',
    path: '/api/v1/jobs/{id}',
    module: 'execution',
    permission: 'jobs:read',
    summary: 'Show a job.',
    params: z.object({ id: idSchema }),
    answer: jobSchema,
    failures: ['job.missing'],
  },
  'jobs.cancel': {
    method: 'POST',
    path: '/api/v1/jobs/{id}/cancel',
    module: 'execution',
    permission: 'pipelines:write',
    summary: 'Cancel a job.',
    params: z.object({ id: idSchema }),
    answer: jobSchema,
    failures: ['job.missing'],
  },
  'runs.list': {
    method: 'GET',
    path: '/api/v1/runs',
    module: 'train',
    permission: 'runs:read',
    summary: 'List the training runs, newest first.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(50),
      name: z.string().max(200).optional(),
      trials: flagSchema.default(false).describe('Also the trials inside the runs'),
    }),
    answer: z.object({ runs: z.array(runSchema) }),
    failures: [],
  },
  'runs.compare': {
    method: 'GET',
    path: '/api/v1/runs/compare',
    module: 'train',
    permission: 'runs:read',
    summary: 'Show runs side by side: parameters, metrics and learning curves.',
    query: z.object({
      ids: z
        .string()
        .max(10_000)
        .refine((ids) => ids.split(',').length <= MOST_COMPARED, `give at most ${MOST_COMPARED} ids`)
        .describe(`Ids with commas between them, at most ${MOST_COMPARED}`),
    }),
    answer: runComparisonSchema,
    failures: ['run.missing'],
  },
  'runs.get': {
    method: 'GET',
    path: '/api/v1/runs/{id}',
    module: 'train',
    permission: 'runs:read',
    summary: 'Show a run with its trials.',
    params: z.object({ id: idSchema }),
    answer: runSchema.extend({
      curves: z.array(curveSchema),
      trials: z.array(runSchema).describe('Best first, then those that were stopped'),
      report: z.unknown(),
    }),
    failures: ['run.missing'],
  },
  'runs.stop': {
    method: 'POST',
    path: '/api/v1/runs/{id}/stop',
    module: 'train',
    permission: 'pipelines:write',
    summary: 'Stop a search early and keep the best model so far; its pipeline run continues.',
    params: z.object({ id: idSchema }),
    answer: runSchema,
    failures: ['run.missing', 'run.not-searching'],
  },
} as const satisfies Record<string, Operation>;
