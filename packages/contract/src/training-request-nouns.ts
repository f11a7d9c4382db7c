import { z } from 'zod';
import { givenParameters, taskSchema } from './basic-nouns.ts';
import { columnNameSchema, columnNamesSchema, idSchema } from './bounded-schemas.ts';
import { decisionCostsSchema } from './decision-costs.ts';
import { validationFields } from './gate-nouns.ts';
import { readFieldSchema, readsFile, readsFileOnly } from './ingest-nouns.ts';
import { metricNameSchema } from './metric-names.ts';
import { nameSchema } from './name-schema.ts';

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
