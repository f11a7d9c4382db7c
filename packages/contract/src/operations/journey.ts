import { z } from 'zod';
import { flagSchema, idSchema } from '../bounded-schemas.ts';
import { nameSchema } from '../name-schema.ts';
import {
  curveSchema,
  jobSchema,
  journeySchema,
  journeyStateSchema,
  runComparisonSchema,
  runSchema,
  shipRequestSchema,
  trainRequestSchema,
} from '../nouns.ts';
import type { Operation } from '../operation.ts';
import { recencySchema } from '../recency.ts';
import { refuseUnsupportedTraining } from '../supported-tasks.ts';

/** Runs that are compared at once. */
const MOST_COMPARED = 100;

export const journeyOperations = {
  'journeys.ship': {
    method: 'POST',
    path: '/api/v1/journeys',
    room: 'work',
    permission: 'journeys:write',
    summary: 'Take an uploaded table, or a dataset version, all the way to a monitored endpoint.',
    body: shipRequestSchema,
    refuseBody: refuseUnsupportedTraining,
    answer: journeySchema,
    failures: [
      'upload.missing',
      'dataset.missing',
      'dataset.version-missing',
      'operation.not-yet',
      'model.other-target',
      'endpoint.exists',
      'journey.running',
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
  'journeys.train': {
    method: 'POST',
    path: '/api/v1/trainings',
    room: 'train',
    permission: 'journeys:write',
    summary: 'Train a model and register it: automatic, one learner within ranges, or one fixed fit.',
    body: trainRequestSchema,
    refuseBody: refuseUnsupportedTraining,
    answer: journeySchema,
    failures: [
      'upload.missing',
      'dataset.missing',
      'operation.not-yet',
      'model.other-target',
      'endpoint.exists',
      'journey.running',
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
  'journeys.list': {
    method: 'GET',
    path: '/api/v1/journeys',
    room: 'work',
    permission: 'journeys:read',
    summary: 'List the journeys, newest first.',
    query: z.object({
      name: nameSchema.optional().describe('Those of one dataset, model and endpoint'),
      state: journeyStateSchema.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    answer: z.object({ journeys: z.array(journeySchema) }),
    failures: [],
  },
  'journeys.get': {
    method: 'GET',
    path: '/api/v1/journeys/{id}',
    room: 'work',
    permission: 'journeys:read',
    summary: 'Show a journey, stage by stage.',
    params: z.object({ id: idSchema }),
    query: z.object({
      after: z
        .string()
        .max(100)
        .optional()
        .describe('State tag of the last answer: waits up to 20 s for a newer one'),
    }),
    answer: journeySchema.extend({ tag: z.string() }),
    failures: ['journey.missing'],
  },
  'journeys.cancel': {
    method: 'POST',
    path: '/api/v1/journeys/{id}/cancel',
    room: 'work',
    permission: 'journeys:write',
    summary: 'Stop a running journey.',
    params: z.object({ id: idSchema }),
    answer: journeySchema,
    failures: ['journey.missing'],
  },
  'journeys.accept': {
    method: 'POST',
    path: '/api/v1/journeys/{id}/accept',
    room: 'retrain',
    permission: 'journeys:write',
    summary: 'Accept the rows of a retraining that was refused for them, and train again on them.',
    params: z.object({ id: idSchema }),
    body: z.strictObject({
      reason: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .describe('Why the rows differ on purpose; kept with the journey, the audit log and the card'),
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
    answer: journeySchema,
    failures: [
      'journey.missing',
      'journey.not-acceptable',
      'journey.running',
      'recency.unfit',
      'model.missing',
    ],
    example: { reason: 'Prices rose by a tenth on the first of May.' },
  },
  'jobs.list': {
    method: 'GET',
    path: '/api/v1/jobs',
    room: 'work',
    permission: 'journeys:read',
    summary: 'List the jobs, newest first.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answer: z.object({ jobs: z.array(jobSchema) }),
    failures: [],
  },
  'jobs.get': {
    method: 'GET',
    path: '/api/v1/jobs/{id}',
    room: 'work',
    permission: 'jobs:read',
    summary: 'Show a job.',
    params: z.object({ id: idSchema }),
    answer: jobSchema,
    failures: ['job.missing'],
  },
  'jobs.cancel': {
    method: 'POST',
    path: '/api/v1/jobs/{id}/cancel',
    room: 'work',
    permission: 'journeys:write',
    summary: 'Cancel a job.',
    params: z.object({ id: idSchema }),
    answer: jobSchema,
    failures: ['job.missing'],
  },
  'runs.list': {
    method: 'GET',
    path: '/api/v1/runs',
    room: 'train',
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
    room: 'train',
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
    room: 'train',
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
    room: 'train',
    permission: 'journeys:write',
    summary: 'End a search early and keep the best model found; its journey goes on.',
    params: z.object({ id: idSchema }),
    answer: runSchema,
    failures: ['run.missing', 'run.not-searching'],
  },
} as const satisfies Record<string, Operation>;
