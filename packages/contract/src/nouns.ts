import { z } from 'zod';
import {
  boundedJson,
  columnNameSchema,
  columnNamesSchema,
  givenCellSchema,
  idSchema,
  MOST_COLUMNS,
  recordOf,
} from './bounded-schemas.ts';
import { decisionCostsSchema } from './decision-costs.ts';
import { batchingModeSchema, endpointSpecSchema } from './endpoint-spec.ts';
import { FAILURES } from './failure-catalogue.ts';
import { gateSchema, validationFields } from './gate-nouns.ts';
import { graphViewSchema, nodeAnswerSchema } from './graph-nouns.ts';
import {
  expectedClassCostsSchema,
  expectedCostsSchema,
  groupReportSchema,
  thresholdDecisionSchema,
} from './group-nouns.ts';
import {
  columnReadingSchema,
  columnTypeSchema,
  ingestFindingSchema,
  ingestReportSchema,
  readFieldSchema,
  readsFile,
  readsFileOnly,
} from './ingest-nouns.ts';
import { metricNameSchema } from './metric-names.ts';
import { callsReportSchema, monitoringViewSchema } from './monitoring-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';
import { recencySchema } from './recency.ts';
import { rolloutSchema, shadowComparisonSchema } from './rollout-nouns.ts';
import { STAGES } from './stages.ts';
import { endpointWorkersSchema } from './worker-nouns.ts';

/** The words that every face uses, as zod schemas and the types they infer. Times are UTC ISO 8601. */

/** A version as a path parameter. */
export const versionSchema = z.coerce.number().int().positive().max(2_147_483_647);
export const taskSchema = z.enum(['binary', 'multiclass', 'regression', 'forecast']);
export type TaskName = z.infer<typeof taskSchema>;
/** What a model does; `tensor` where that is its callers' to know. */
export const modelTaskSchema = z.enum([...taskSchema.options, 'tensor']);

const jsonRecord = z.record(z.string(), z.unknown());
/** Parameters and ranges of a learner. */
const givenParameters = recordOf(
  z.string().max(200),
  boundedJson({ depth: 4, values: 1000, characters: 1000 }),
  100,
);

export const failureSchema = z.object({
  code: z.string().describe('A code of the failure catalogue'),
  message: z.string(),
  hint: z.string(),
  details: jsonRecord,
  path: z.string().optional(),
});
export const failureCodeSchema = z.enum(Object.keys(FAILURES) as [keyof typeof FAILURES]);

/** RFC 9457 problem details, the body of every failed call. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: failureCodeSchema,
  hint: z.string(),
  path: z.string().optional().describe('The offending field'),
  details: jsonRecord.optional().describe('What the sentence was made from'),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

// ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const columnSchema = z.object({
  name: z.string(),
  type: columnTypeSchema,
  role: z.enum(['numeric', 'categorical', 'boolean', 'datetime', 'text', 'identifier', 'constant']),
  nullable: z.boolean(),
  integer: z.boolean().optional(),
  reading: columnReadingSchema
    .optional()
    .describe('How its text is read in every later file; left out in versions from before it was kept'),
  missing: z
    .array(z.string())
    .optional()
    .describe(
      'Words stored in this text column that count as missing, unless it is the target and they are classes',
    ),
});

export const columnProfileSchema = columnSchema.pick({ name: true, type: true, role: true }).extend({
  rows: z.int(),
  missing: z.int(),
  distinct: z.int(),
  distinctApproximate: z.boolean(),
  numeric: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      standardDeviation: z.number(),
      quantiles: z.array(z.number()).describe('At 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99'),
      histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number()) }),
    })
    .optional(),
  top: z.array(z.object({ value: z.string(), count: z.int() })).optional(),
  notes: z.array(z.string()),
});

export const datasetVersionSummarySchema = z.object({
  version: z.int(),
  manifest: z.string().describe('SHA-256 of the manifest'),
  rows: z.int(),
  columns: z.int(),
  bytes: z.int(),
  addedBytes: z.int().describe('What this version added to the store'),
  source: z.string(),
  createdAt: timeSchema,
});
export const datasetSummarySchema = z.object({
  name: nameSchema,
  versions: z.int(),
  latest: datasetVersionSummarySchema,
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;
export const datasetSchema = z.object({
  name: nameSchema,
  versions: z.array(datasetVersionSummarySchema).describe('Newest first'),
});
export const datasetVersionSchema = datasetVersionSummarySchema.extend({
  dataset: nameSchema,
  parent: z.string().nullable(),
  schema: z.array(columnSchema),
  missingWords: z.array(z.string()).describe('Words that mean a missing value in every file of this dataset'),
  report: ingestReportSchema
    .nullable()
    .describe('How the file of this version was read; null in versions from before it was kept'),
  profile: z.array(columnProfileSchema),
  segments: z.array(z.object({ sha256: z.string(), rows: z.int(), bytes: z.int() })),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

// ── work ─────────────────────────────────────────────────────────────────────────────────────────────────────────

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

const onceOnly = 'Rows are ordered in time or kept together in groups, not both: leave one out';
const noTimeWithGroup = (request: { time?: string | undefined; group?: string | undefined }) =>
  request.time === undefined || request.group === undefined;

/** Of a training, and of a retraining, which otherwise does as the champion's did. */
export const refitFieldSchema = z
  .boolean()
  .optional()
  .describe(
    'Whether the chosen model is fitted again on all rows, including the hold-out, before it answers; figures of quality are always of the model before. It is when left out',
  );

const thresholdFieldSchema = z
  .number()
  .gt(0)
  .lt(1)
  .optional()
  .describe(
    'Binary: the positive class is answered from this probability on; chosen by costs, by the metric or one half when left out',
  );
const thresholdOnce = 'Give a threshold or costs, which choose one: not both';
const noCostsWithThreshold = ({ threshold, costs }: { threshold?: unknown; costs?: unknown }) =>
  threshold === undefined || costs === undefined;

const shipFields = z.strictObject({
  name: nameSchema
    .optional()
    .describe('Name of model and endpoint, and of the dataset that a file makes; theirs when left out'),
  uploadId: idSchema.optional().describe('From POST /api/v1/uploads; or name a dataset'),
  dataset: z
    .strictObject({
      name: nameSchema,
      version: z.union([z.int().positive().max(2_147_483_647), z.literal('latest')]).default('latest'),
    })
    .optional()
    .describe('A dataset that is there already'),
  read: readFieldSchema,
  target: columnNameSchema.describe('Column to predict'),
  task: taskSchema.optional().describe('Inferred from the target when left out'),
  time: columnNameSchema
    .optional()
    .describe('Column that orders the rows in time; the latest become the hold-out'),
  horizon: z
    .int()
    .positive()
    .max(10_000)
    .optional()
    .describe('Forecasts: steps ahead; chosen by the step and the length of the series when left out'),
  series: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Forecasts: the column that names the series, or several columns separated by commas'),
  known: columnNamesSchema
    .default([])
    .describe('Forecasts: columns whose future is known, such as holidays and prices'),
  budgetSeconds: z.number().min(1).max(86_400).default(60).describe('Wall-clock budget for training'),
  seed: z.int().min(0).max(2_147_483_647).default(1),
  exclude: columnNamesSchema.default([]).describe('Columns the model may not use'),
  allowLeakage: columnNamesSchema
    .optional()
    .describe(
      'Columns that are known when a prediction is made, despite evidence of leakage: they are used, and do not keep the model from being deployed. Kept for retraining',
    ),
  metric: metricNameSchema.optional().describe('Selection metric; log loss or RMSE when left out'),
  quantile: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('Quantile to predict, with the metric pinball (regression); one half when left out'),
  group: columnNameSchema
    .optional()
    .describe('Column whose rows belong together: neither folds nor the hold-out part them'),
  weight: columnNameSchema.optional().describe('Column that says how much each row counts in training'),
  refit: refitFieldSchema,
  fairness: z
    .array(columnNameSchema)
    .max(20)
    .optional()
    .describe('Columns whose groups are compared in the report; they need not be used by the model'),
  costs: decisionCostsSchema.optional(),
  threshold: thresholdFieldSchema,
  ...validationFields,
});
const oneSource = (request: { uploadId?: string | undefined; dataset?: unknown }) =>
  (request.uploadId === undefined) !== (request.dataset === undefined);
const eitherOr = 'Give either an uploadId or a dataset';
export const shipRequestSchema = shipFields
  .refine(noTimeWithGroup, { path: ['group'], error: onceOnly })
  .refine(noCostsWithThreshold, { path: ['threshold'], error: thresholdOnce })
  .refine(oneSource, { path: ['uploadId'], error: eitherOr })
  .refine(readsFile, readsFileOnly);
export type ShipRequest = z.input<typeof shipRequestSchema>;

/** A training that ends in a registered model version: automatic, of one learner within ranges, or one fixed fit. */
export const trainRequestSchema = shipFields
  .omit({ horizon: true, series: true })
  .extend({
    learner: z.string().max(100).optional().describe('Only this learner, such as boosted-trees'),
    params: givenParameters
      .optional()
      .describe(
        'Parameters of the learner that stay as they are; without a space or trials they are fitted alone',
      ),
    space: givenParameters
      .optional()
      .describe(
        'Ranges to search: { "leaves": { "low": 8, "high": 128, "log": true }, "extraTrees": [true, false] }',
      ),
    trials: z.int().min(1).max(10_000).optional().describe('Trials at most; as many as help when left out'),
  })
  .refine(noTimeWithGroup, { path: ['group'], error: onceOnly })
  .refine(noCostsWithThreshold, { path: ['threshold'], error: thresholdOnce })
  .refine(oneSource, { path: ['dataset'], error: eitherOr })
  .refine(readsFile, readsFileOnly);
export type TrainRequest = z.input<typeof trainRequestSchema>;

// ── runs, models, endpoints ──────────────────────────────────────────────────────────────────────────────────────

export const runSchema = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  pipelineRunId: z.string().nullable(),
  name: z.string(),
  state: z
    .enum(['running', 'done', 'stopped', 'failed', 'cancelled'])
    .describe('`stopped`: ended early by the search; `cancelled`: by a person'),
  dataset: z.string(),
  datasetVersion: z.int(),
  target: z.string(),
  task: taskSchema,
  learner: z.string().nullable(),
  params: jsonRecord,
  metrics: z.record(z.string(), z.number()),
  why: z.string().nullable().describe('Why this trial was made'),
  says: z.string().nullable().describe('Why it was stopped early, or what went wrong'),
  seconds: z.number().nullable().describe('Of a trial the processor seconds of all its fits'),
  rows: z.number().nullable().describe('Rows learned from, each as often as it was'),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** A metric followed over training: `values[i]` was measured at `steps[i]`. */
export const curveSchema = z.object({
  name: z.string(),
  steps: z.array(z.number()),
  values: z.array(z.number()),
});
export type Curve = z.infer<typeof curveSchema>;

/** Runs side by side: one row for each parameter or metric, its values in the order of the runs. */
export const runComparisonSchema = z.object({
  runs: z.array(runSchema),
  params: z.array(z.object({ name: z.string(), values: z.array(z.unknown()), differs: z.boolean() })),
  metrics: z.array(
    z.object({ name: z.string(), values: z.array(z.number().nullable()), best: z.int().nullable() }),
  ),
  curves: z.array(z.array(curveSchema)).describe('Of each run, one curve for each fold'),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;

/** What a graph takes or gives under one name; sizes that are open are named, or empty. */
export const tensorSpecSchema = z.object({
  name: z.string(),
  type: z.string().describe('float32, int64, string and so on'),
  shape: z
    .array(z.union([z.int(), z.string()]))
    .nullable()
    .describe('Null where not even the axes are fixed'),
});
export type TensorSpec = z.infer<typeof tensorSpecSchema>;
/** Whether each row of an answer depends on the same row of the inputs alone. */
export const rowIndependenceSchema = z.object({
  proven: z.boolean().describe('Whether the graph proves it'),
  reason: z.string().nullable().describe('Why not: the first operator that it is not proven of'),
});
export type RowIndependence = z.infer<typeof rowIndependenceSchema>;
export const tensorSignatureSchema = z.object({
  inputs: z.array(tensorSpecSchema),
  outputs: z.array(tensorSpecSchema),
  rowIndependence: rowIndependenceSchema,
  adapted: z
    .array(z.string())
    .describe('What was changed of the file so that it can be served, in sentences'),
  answers: z
    .object({
      value: z.string().nullable().describe('The output that gives the class or the value of each row'),
      probabilities: z.string().nullable().describe('The output with a score for each class'),
      classes: z.array(z.union([z.string(), z.number(), z.boolean()])),
      decided: z.array(z.string()).describe('What was decided about the outputs, in sentences'),
    })
    .describe('How outputs are returned as `value` and `probabilities`'),
  leftOut: z
    .array(z.object({ name: z.string(), is: z.string() }))
    .describe('Outputs that are no tensors, which are not served'),
});
export type TensorSignature = z.infer<typeof tensorSignatureSchema>;

/** A version measured on a dataset after it was made. Reports are kept with the version and never changed. */
export const modelValidationSchema = z.object({
  id: z.string(),
  version: z.int(),
  dataset: z.string(),
  datasetVersion: z.int(),
  by: z.string().describe('Who asked'),
  createdAt: timeSchema,
  passed: z.boolean().nullable().describe('Whether all gates hold; null when none was asked for'),
  gates: z.array(gateSchema),
  says: z.string(),
  report: z.unknown().describe('A validation report of the one dataset'),
});
export type ModelValidation = z.infer<typeof modelValidationSchema>;

/** The output of a job of the kind `validate-model`. */
export const validationResultSchema = modelValidationSchema
  .omit({ id: true, by: true, createdAt: true })
  .extend({ model: z.string() });
export type ValidationResult = z.infer<typeof validationResultSchema>;

export const modelVersionSchema = z.object({
  version: z.int(),
  aliases: z.array(z.string()),
  bundleId: z.string(),
  runId: z.string(),
  dataset: z.string().nullable().describe('Null for an imported model'),
  datasetVersion: z.int().nullable(),
  learner: z.string(),
  metrics: z.record(z.string(), z.number()),
  primaryMetric: z.string().describe('Empty where nothing was measured'),
  gates: z.array(gateSchema),
  bytes: z.int(),
  createdAt: timeSchema,
});
export type ModelVersion = z.infer<typeof modelVersionSchema>;
export const modelSummarySchema = z.object({
  name: nameSchema,
  task: modelTaskSchema,
  target: z.string(),
  versions: z.int(),
  champion: z.int().nullable(),
  primaryMetric: z.string(),
  primaryValue: z.number().nullable(),
  createdAt: timeSchema,
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;
export const modelSchema = modelSummarySchema.extend({
  versions: z.array(modelVersionSchema).describe('Newest first'),
  validations: z
    .array(modelValidationSchema.omit({ report: true }))
    .describe('Of all versions, measured after they were made; newest first'),
});
export type Model = z.infer<typeof modelSchema>;

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

// ── prediction ───────────────────────────────────────────────────────────────────────────────────────────────────

export const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const rowSchema = recordOf(columnNameSchema, givenCellSchema, MOST_COLUMNS);
/** Rows and series of one request. */
const MOST_ROWS = 1_000_000;
const MOST_SERIES = 10_000;
/** What an endpoint is asked: rows, or of a forecast the next steps; of a forecast either with what happened since. */
export const predictRequestSchema = z.strictObject({
  rows: z.array(rowSchema).min(1).max(MOST_ROWS).optional(),
  horizon: z
    .int()
    .positive()
    .max(10_000)
    .optional()
    .describe('Of forecasts, instead of rows: steps ahead of each series'),
  series: z
    .array(z.union([z.string().max(10_000), z.number(), rowSchema]))
    .min(1)
    .max(MOST_SERIES)
    .optional()
    .describe(
      'Of forecasts, with horizon: names of series, or the columns that name them; all when left out',
    ),
  history: z
    .array(rowSchema)
    .max(MOST_ROWS)
    .optional()
    .describe('Of forecasts: rows of the table, target included, that are known since the model was made'),
});
export type PredictRequest = z.infer<typeof predictRequestSchema>;
/** Why a row got its answer: with `expected` the contributions sum to the margin of what is explained. */
export const explanationSchema = z.object({
  of: z.string().describe('The target, the positive class, or of several classes the answered one'),
  scale: z.enum(['target', 'log-target', 'log-odds', 'log-share']).describe('Unit of the numbers'),
  expected: z.number().describe('The margin of a row of which nothing is known'),
  columns: z
    .array(z.object({ column: z.string(), contribution: z.number().nullable() }))
    .describe('The largest contribution first'),
});
export const predictionWarningCodeSchema = z.enum(['missing-not-seen', 'unseen-category', 'out-of-range']);
/** Something in a row that training never saw, so that the prediction deserves less trust. */
export const predictionWarningSchema = z.object({
  code: predictionWarningCodeSchema,
  column: z.string(),
  message: z.string().describe('One sentence: the value, and what training saw'),
});
export type PredictionWarning = z.infer<typeof predictionWarningSchema>;
export const predictionIntervalSchema = z.object({
  lower: z.number(),
  upper: z.number(),
  level: z.number().describe('Probability with which the truth is expected between the two'),
});
export const predictionSchema = z.object({
  id: z.string(),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .nullable()
    .describe('The number, or the class in the type that the target has in the training table'),
  probabilities: z.record(z.string(), z.number()).optional(),
  interval: predictionIntervalSchema.optional().describe('Of forecasts: the widest interval'),
  time: z
    .string()
    .optional()
    .describe('Of forecasts in local time, or by dates that are written as numbers: the time of the step'),
  intervals: z
    .array(predictionIntervalSchema)
    .optional()
    .describe('Of forecasts: the intervals of all levels, narrow to wide'),
  warnings: z
    .array(predictionWarningSchema)
    .optional()
    .describe('Values of the row that training never saw, at most 20; left out where there are none'),
  row: z
    .record(z.string(), cellSchema)
    .optional()
    .describe('Of the next steps of a forecast: the time, and the series, that it is about'),
  explanation: explanationSchema.optional().describe('With `?explain=true`'),
  outputs: jsonRecord.optional().describe('Of models that take tensors: every output, by name'),
  nodes: z.array(nodeAnswerSchema).optional().describe('Of inference graphs, with `?nodes=true`'),
});
export const predictResponseSchema = z.object({
  model: z.object({ name: z.string(), version: z.int() }),
  predictions: z.array(predictionSchema),
});
export type PredictResponse = z.infer<typeof predictResponseSchema>;

export const labelSchema = z.strictObject({
  id: idSchema.describe('Prediction id, as the endpoint returned it'),
  value: givenCellSchema.describe('The actual outcome, in the form that the dataset has the target in'),
  observedAt: z
    .string()
    .max(100)
    .optional()
    .describe('When it happened: ISO 8601, UTC where no offset is given; the time of arrival when left out'),
});

export const alertSchema = z.object({
  id: z.string(),
  endpoint: z.string(),
  severity: z.enum(['note', 'warning', 'critical']),
  state: z.enum(['open', 'resolved']),
  version: z
    .int()
    .nullable()
    .describe('The model version that it is about; null where it is about the endpoint'),
  says: z.string(),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
  resolution: z.string().nullable().describe('Why it was closed; null while it is open'),
});
export type Alert = z.infer<typeof alertSchema>;

const measuredIntervalSchema = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .describe('With its 95 % interval');

const realisedPerformanceSchema = z
  .looseObject({
    rows: z.int().describe('Predictions of the version between the first and the last labelled one'),
    labelled: z.int(),
    coverage: z.number().describe('labelled / rows'),
    from: timeSchema.nullable().optional().describe('When the first of the labelled predictions was made'),
    to: timeSchema.nullable().optional(),
    medianDelaySeconds: z.number().nullable().describe('From a prediction to the arrival of its label'),
    p90DelaySeconds: z.number().nullable().optional(),
    enough: z.boolean(),
    unknownClasses: z
      .object({
        labels: z.int(),
        share: z.number(),
        classes: z.array(z.object({ value: z.string(), labels: z.int() })),
        says: z.string(),
      })
      .nullable()
      .optional()
      .describe('Labels of classes that the model does not know; they count as wrong answers'),
    measures: z
      .array(
        z.looseObject({
          id: z.string(),
          name: z.string(),
          better: z.enum(['higher', 'lower']),
          value: measuredIntervalSchema.nullable().describe('Null where it is not defined on these labels'),
          holdout: measuredIntervalSchema.nullable(),
          tolerance: z.number().nullable(),
          allowed: z
            .number()
            .nullable()
            .describe(
              'How much worse than on the hold-out it may be: the tolerance, or what chance explains',
            ),
          degraded: z.boolean(),
        }),
      )
      .optional()
      .describe(
        'The measures that decide; left out in reports of earlier versions, as all that is optional here',
      ),
    metric: z.string().describe('The headline metric of the task'),
    primary: measuredIntervalSchema.nullable().describe('Of the headline metric'),
    holdout: measuredIntervalSchema.nullable().describe('Of the headline metric on the hold-out'),
    metrics: z.record(z.string(), z.number()),
    degraded: z.boolean(),
    decision: z.string().optional().describe('One sentence: the measure, its direction and values'),
    says: z.string(),
  })
  .describe('Performance over the predictions that have labels, whenever those were made');

const estimatedPerformanceSchema = z
  .looseObject({
    accuracy: z.number(),
    rocAuc: z.number().nullable(),
    trusted: z.boolean(),
    onLabels: z
      .object({ estimated: z.number(), measured: z.number(), allowed: z.number(), wrong: z.boolean() })
      .nullable()
      .optional()
      .describe('Accuracy of the labelled predictions as estimated, beside what their labels give'),
    says: z.string(),
  })
  .describe('What the probabilities of the model promise for the window, without labels');

export const monitorReportSchema = z
  .looseObject({
    endpoint: z.string(),
    version: z.int().optional().describe('The model version that it is about'),
    createdAt: timeSchema,
    chosenDates: z
      .boolean()
      .optional()
      .describe(
        'Whether a caller chose the window: such a report opens and closes no alert and starts nothing',
      ),
    window: z.object({ from: timeSchema, to: timeSchema, rows: z.int() }),
    drifted: z.boolean(),
    says: z.string(),
    columns: z.array(
      z.looseObject({
        name: z.string(),
        drifted: z.boolean(),
        says: z.string().describe('What differs, with direction, unit and limit'),
        statistics: z
          .string()
          .optional()
          .describe('The figures of the test that decided, with what chance gives and the p-value'),
        notCompared: z
          .enum(['advances-with-time', 'part-of-a-cycle'])
          .optional()
          .describe('Why the values were not compared; missing and never seen values always are'),
        confirmation: z
          .enum(['strong', 'repeated', 'pending', 'first-week', 'weekly'])
          .optional()
          .describe(
            'Of drift: whether it is an alert (strong, repeated), waits for another window or a week of traffic, or is a weekly cycle',
          ),
        warnings: z
          .partialRecord(predictionWarningCodeSchema, z.int())
          .optional()
          .describe('How many values training never saw, by code; left out where there were none'),
      }),
    ),
    performance: z.looseObject({
      realised: realisedPerformanceSchema.optional(),
      estimated: estimatedPerformanceSchema.nullable().optional(),
    }),
    calls: callsReportSchema.optional().describe('Left out of reports from before calls were counted'),
  })
  .describe('Drift for each column and the scores; quality where labels have come in');
export type MonitorReport = z.infer<typeof monitorReportSchema>;

// ── access and system ────────────────────────────────────────────────────────────────────────────────────────────

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  prefix: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
});
export const auditEntrySchema = z.object({
  sequence: z.int(),
  at: timeSchema,
  who: z.string().describe('Name of the key at that time, or the part of Slipway that acted'),
  principal: z.string().nullable().describe('Id of the key; null where no key acted'),
  what: z.string(),
  subject: z.string(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

export const statusSchema = z.object({
  version: z.string(),
  startedAt: timeSchema,
  database: z.enum(['pglite', 'postgres']),
  dataFolder: z.string(),
  console: z.string(),
  inference: z.object({ ready: z.boolean(), url: z.string(), pid: z.int().nullable() }),
  processes: z.array(z.object({ name: z.string(), pid: z.int(), rssBytes: z.int() })),
  internalErrors: z
    .int()
    .describe('Errors of the control plane itself since it started; `logs/control.log` has each'),
  cleanUpRefused: z
    .string()
    .nullable()
    .describe('Why unused objects and models are not removed: the database names implausibly few'),
  sandbox: z
    .object({
      level: z
        .enum(['bubblewrap', 'limits', 'off'])
        .describe(
          'bubblewrap: namespaces, a filter of system calls and limits; limits: no new privileges and limits',
        ),
      lacks: z.string().nullable().describe('Why it is not bubblewrap'),
      processes: z
        .enum(['group', 'namespace', 'user', 'watched'])
        .describe(
          'What limits processes and threads. group: control groups; namespace: the kernel in each sandbox; user: the kernel for all models together, and the watch of jobs; watched: the watch of jobs alone',
        ),
    })
    .describe('How jobs and imported models are kept from the rest of the machine'),
  jobs: z.record(jobStateSchema, z.int()),
  endpoints: z.array(endpointSummarySchema),
  pipelineRuns: z.array(pipelineRunSchema).describe('Running, and the last few that ended'),
  alerts: z.array(alertSchema).describe('Open ones'),
});
export type Status = z.infer<typeof statusSchema>;
export const eventSchema = z.object({
  sequence: z.int().describe('Grows with each event; ask for what comes after the last one seen'),
  topic: z.string().describe('What happened, such as endpoint.promote or alert.opened'),
  subject: z.string().describe('To which endpoint'),
  payload: z.unknown(),
  at: timeSchema,
});
export type Event = z.infer<typeof eventSchema>;

export const configEntrySchema = z.object({
  key: z.string(),
  value: z.unknown().describe('Secrets print as ***'),
  from: z
    .enum(['default', 'memory', 'file', 'environment', 'flag'])
    .describe('`memory`: lower than the default, since the machine or the container has no more memory'),
  says: z.string(),
});
