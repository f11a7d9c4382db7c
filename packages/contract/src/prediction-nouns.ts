import { z } from 'zod';
import { jsonRecord } from './basic-nouns.ts';
import { columnNameSchema, givenCellSchema, idSchema, MOST_COLUMNS, recordOf } from './bounded-schemas.ts';
import { nodeAnswerSchema } from './graph-nouns.ts';

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
