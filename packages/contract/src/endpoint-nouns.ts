import { z } from 'zod';
import { jsonRecord, modelTaskSchema } from './basic-nouns.ts';
import { columnSchema } from './dataset-nouns.ts';
import { batchingModeSchema, endpointSpecSchema } from './endpoint-spec.ts';
import { graphViewSchema } from './graph-nouns.ts';
import { tensorSignatureSchema } from './model-nouns.ts';
import { monitoringViewSchema } from './monitoring-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';
import { recencySchema } from './recency.ts';
import { rolloutSchema, shadowComparisonSchema } from './rollout-nouns.ts';
import { endpointWorkersSchema } from './worker-nouns.ts';

export const inputColumnSchema = columnSchema.pick({ name: true, type: true, nullable: true });
export const endpointRevisionSchema = z.object({
  revision: z.int(),
  model: z.string(),
  version: z.int(),
  reason: z.string(),
  by: z.string(),
  createdAt: timeSchema,
});
export const retrainPolicySchema = z.strictObject({
  mode: z.enum(['off', 'propose', 'auto']),
  on: z
    .array(z.enum(['drift', 'performance']))
    .max(10)
    .default(['drift', 'performance']),
  cooldownHours: z.number().min(0).max(876_000).default(24),
  minLabels: z.int().min(1).max(1_000_000_000).default(200),
  checkEveryMinutes: z
    .number()
    .positive()
    .optional()
    .describe('Deprecated: sets `monitoring.everyMinutes` of the endpoint, at least 1'),
  recent: recencySchema
    .nullable()
    .optional()
    .describe(
      'Which rows retrainings of the endpoint use, unless one says otherwise; all rows when null or left out',
    ),
});
export type RetrainPolicy = z.output<typeof retrainPolicySchema>;

/** Whether requests for a model of tensors share runs, and why. */
export const endpointBatchingSchema = z.object({
  mode: batchingModeSchema.describe('As the spec says'),
  shared: z.boolean().describe('Whether requests share runs'),
  proven: z.boolean().describe('Whether the graph proves that rows do not depend on each other'),
  says: z.string(),
});

export const endpointSummarySchema = z.object({
  name: nameSchema,
  state: z.enum(['ready', 'loading', 'failed', 'paused']),
  model: z.string(),
  version: z.int().describe('The one that answers, or most of all'),
  revision: z.int(),
  task: modelTaskSchema,
  target: z.string(),
  url: z.string(),
  inferUrl: z.string(),
  predictions: z
    .int()
    .describe('Made since the endpoint was created; the last seconds before a crash are not counted'),
  workers: endpointWorkersSchema.nullable().describe('null while the data plane does not tell'),
  batching: endpointBatchingSchema.nullable().describe('Of a model that takes tensors'),
  updatedAt: timeSchema,
});
export type EndpointSummary = z.infer<typeof endpointSummarySchema>;
export const endpointSchema = endpointSummarySchema.extend({
  inputs: z.array(inputColumnSchema).describe('Columns; none of a model that takes tensors'),
  tensors: tensorSignatureSchema.nullable().describe('Of a model that takes tensors'),
  classes: z.array(z.string()),
  revisions: z.array(endpointRevisionSchema).describe('Newest first'),
  spec: endpointSpecSchema.describe('What the current revision declares'),
  graph: graphViewSchema
    .nullable()
    .describe('The inference graph that answers most requests; null of a model'),
  traffic: z
    .array(z.object({ version: z.int(), percent: z.number() }))
    .describe('Share of the requests that each loaded version is to answer now'),
  rollout: rolloutSchema.nullable().describe('The one under way, or else the last'),
  shadow: shadowComparisonSchema.nullable().describe('Of the shadow, since the data plane has it'),
  policy: retrainPolicySchema,
  monitoring: monitoringViewSchema,
  example: z
    .object({
      rows: z.array(jsonRecord).optional(),
      horizon: z.int().min(1).optional(),
      series: z.array(z.unknown()).optional(),
    })
    .describe('A body that works as it is; of a forecast its next steps'),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const tokenLimitsSchema = z.strictObject({
  requestsPerSecond: z.int().min(0).max(1_000_000).optional().describe('0 is any number'),
  rowsPerDay: z.int().min(0).optional().describe('Of a day in UTC; 0 is any number'),
});

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  limits: tokenLimitsSchema.nullable().describe('null: as `inference.*` says for every token'),
  createdAt: timeSchema,
  revokedAt: timeSchema.nullable(),
});
