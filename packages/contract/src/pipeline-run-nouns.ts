import { z } from 'zod';
import { failureSchema, jsonRecord, taskSchema } from './basic-nouns.ts';
import { gateSchema } from './gate-nouns.ts';
import {
  expectedClassCostsSchema,
  expectedCostsSchema,
  groupReportSchema,
  thresholdDecisionSchema,
} from './group-nouns.ts';
import { ingestFindingSchema } from './ingest-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';
import { STAGES } from './stages.ts';

export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export const jobSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: jobStateSchema,
  attempts: z.int(),
  pipelineRunId: z.string().nullable(),
  progress: jsonRecord.nullable(),
  output: z.unknown(),
  failure: failureSchema.nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const stageStateSchema = z.enum(['waiting', 'running', 'done', 'failed', 'skipped']);
export const pipelineRunStageSchema = z.object({
  stage: z.enum(STAGES),
  state: stageStateSchema,
  says: z.string().nullable().describe('One sentence about what happened'),
  progress: z.number().min(0).max(1).nullable(),
  seconds: z.number().nullable(),
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  facts: jsonRecord.describe('What the stage found and made'),
});
export type PipelineRunStage = z.infer<typeof pipelineRunStageSchema>;

export const leaderboardEntrySchema = z.object({
  rank: z.int(),
  run: z
    .string()
    .nullable()
    .default(null)
    .describe('The run of this trial; null for the blend and the baseline'),
  learner: z.string(),
  params: jsonRecord,
  metric: z.string(),
  value: z.number(),
  standardError: z.number().nullable(),
  folds: z.int(),
  seconds: z.number(),
  chosen: z.boolean(),
});
export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;

export const shipResultSchema = z.object({
  dataset: z.object({ name: z.string(), version: z.int(), rows: z.int(), columns: z.int() }),
  task: taskSchema,
  target: z.string(),
  model: z.object({ name: z.string(), version: z.int(), learner: z.string(), bytes: z.int() }),
  metrics: z.object({
    primary: z.object({ name: z.string(), value: z.number() }),
    all: z.record(z.string(), z.number()),
  }),
  leaderboard: z.array(leaderboardEntrySchema),
  gates: z.array(gateSchema),
  optimization: jsonRecord,
  promoted: z.boolean(),
  verdict: z.string().describe('Why it was promoted, or not'),
  endpoint: z
    .object({ name: z.string(), url: z.string(), inferUrl: z.string(), token: z.string().nullable() })
    .nullable(),
  console: z.string(),
  seconds: z.record(z.string(), z.number()).describe('Seconds each stage took'),
  refit: z
    .union([
      z.object({ done: z.literal(true), rows: z.int(), seconds: z.number() }),
      z.object({ done: z.literal(false), reason: z.string() }),
    ])
    .optional()
    .describe(
      'Whether the model was fitted again on all rows, or why not; the metrics are of the model before. Left out for forecasts and in results of earlier releases',
    ),
  warnings: z
    .array(ingestFindingSchema)
    .optional()
    .describe('What a reader should check of how the file was read; left out in results of earlier releases'),
  leftOut: z
    .array(z.object({ column: z.string(), reason: z.string() }))
    .optional()
    .describe('Columns that the model does not use, and why'),
  taskInferred: z
    .object({ reason: z.string(), other: taskSchema })
    .optional()
    .describe(
      'Of whole numbers that may be classes or numbers, where no task was asked for: why it is this task, and which other one can be asked for',
    ),
  carriedOver: z
    .array(z.string())
    .optional()
    .describe(
      'Of a retraining: what is kept of the training of the version before though the rows alone say otherwise, or has no use on them; left out where there is nothing to tell',
    ),
  decision: thresholdDecisionSchema
    .optional()
    .describe(
      'Binary, and several classes with costs: how probabilities become an answer, and why; left out in results of earlier releases',
    ),
  expectedCosts: expectedCostsSchema.optional().describe('Binary with costs: on the hold-out'),
  expectedClassCosts: expectedClassCostsSchema
    .optional()
    .describe('Several classes with costs: on the hold-out'),
  groups: z
    .array(groupReportSchema)
    .optional()
    .describe('On the hold-out: the groups of each column that was asked for'),
  suspectedLeakage: z
    .array(
      z.object({
        column: z.string(),
        reason: z.string(),
        evidence: z
          .string()
          .optional()
          .describe(
            'Structural evidence, which keeps the model from being deployed: copy, near-copy, re-coding, sum, row-index or known-afterwards; left out where the column merely predicts well',
          ),
        allowed: z.boolean().optional().describe('Whether `allowLeakage` names the column'),
      }),
    )
    .optional()
    .describe('Columns that the model uses and that tell the target too well'),
  recency: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Which training rows the retraining used or how it weighted them, by which column; null for all',
    ),
});
export type ShipResult = z.infer<typeof shipResultSchema>;

export const pipelineRunStateSchema = z.enum(['running', 'done', 'refused', 'failed', 'cancelled']);
export const pipelineRunSchema = z.object({
  id: z.string(),
  name: nameSchema,
  kind: z.enum(['ship', 'train', 'retrain']),
  state: pipelineRunStateSchema,
  target: z.string(),
  task: taskSchema.nullable(),
  by: z
    .string()
    .describe('Who or what started it: the name of an API key, or `policy` for automatic retraining'),
  reason: z.string().nullable().describe('Of a retraining: why it was started'),
  stages: z.array(pipelineRunStageSchema),
  result: shipResultSchema.nullable(),
  failure: failureSchema.nullable(),
  createdAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
export type PipelineRun = z.infer<typeof pipelineRunSchema>;
