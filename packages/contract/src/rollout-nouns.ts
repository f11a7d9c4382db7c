import { z } from 'zod';
import { rolloutPlanSchema } from './endpoint-spec.ts';
import { timeSchema } from './name-schema.ts';

/** What a version did since a step began. */
export const versionCountsSchema = z.object({
  version: z.int(),
  requests: z.int().describe('Answered by it, well or not'),
  errors: z.int().describe('Answered 500 or above'),
  refused: z.int().describe('Answered 400 to 499, but for 429'),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type VersionCounts = z.infer<typeof versionCountsSchema>;

/** How the answers of a shadow compare with the live ones to the same requests. */
export const shadowComparisonSchema = z.object({
  version: z.int(),
  compared: z.int().describe('Rows'),
  agreement: z
    .number()
    .nullable()
    .describe('Share of the rows with the same class, or number to a millionth'),
  meanAbsoluteDifference: z
    .number()
    .nullable()
    .describe('Of the numbers, or of the probabilities over all classes'),
  failed: z.int().describe('Copies that it could not answer'),
  dropped: z.int().describe('Copies that were left out so as not to be in the way'),
  liveMs: z.number().nullable().describe('Median time that the live model took for the compared requests'),
  shadowMs: z.number().nullable(),
});
export type ShadowComparison = z.infer<typeof shadowComparisonSchema>;

const labelledShareSchema = z.object({
  count: z.int(),
  rows: z.int(),
  low: z.number().describe('Of the 95 % interval of the share (Wilson 1927)'),
  high: z.number(),
});

/** How a version did on its predictions whose outcome is known. */
export const labelledVersionSchema = z.object({
  version: z.int(),
  rows: z.int(),
  wrong: labelledShareSchema
    .nullable()
    .describe('Of numbers those further off than 1.25 times the median error of the previous version'),
  missed: z
    .array(labelledShareSchema.extend({ class: z.string() }))
    .describe('Of each true class those that were predicted as another'),
  measures: z.array(z.object({ name: z.string(), value: z.number() })),
});
export type LabelledVersion = z.infer<typeof labelledVersionSchema>;

export const rolloutCheckSchema = z.object({
  rule: z
    .enum(['errors', 'refusals', 'p95', 'p99', 'quality', 'classes', 'measures', 'alerts', 'deaths'])
    .describe(
      'quality: share of wrong predictions; classes: share missed of each true class; measures: ROC AUC, log loss, RMSE or what the model was trained for',
    ),
  verdict: z
    .enum(['fine', 'worse', 'uncertain', 'too-few'])
    .describe(
      'worse: the rollout is aborted; uncertain: it holds until more labels decide, or a person does',
    ),
  says: z.string(),
});
export type RolloutCheck = z.infer<typeof rolloutCheckSchema>;

export const rolloutSchema = z.object({
  id: z.string(),
  state: z
    .enum(['running', 'holding', 'done', 'aborted'])
    .describe(
      'holding: goes on when the requests or labels that it waits for come, or when a person promotes',
    ),
  version: z.int().describe('The version that comes'),
  former: z.int().describe('The version that answers until it is done, and after an abort'),
  plan: rolloutPlanSchema,
  step: z.int().describe('Index of the step under way'),
  percent: z
    .number()
    .describe('Share of the requests that the version answers (of a shadow: gets copies of)'),
  since: timeSchema.describe('When the step began'),
  says: z.string().describe('What it waits for, or why it ended'),
  counts: z
    .object({ version: versionCountsSchema, former: versionCountsSchema })
    .nullable()
    .describe('Since the step began; null before the first look'),
  shadow: shadowComparisonSchema.nullable(),
  labels: z
    .object({ version: labelledVersionSchema, former: labelledVersionSchema })
    .nullable()
    .describe('Since the rollout began; null where no labels have come in'),
  checks: z.array(rolloutCheckSchema),
  history: z
    .array(z.object({ at: timeSchema, percent: z.number(), says: z.string() }))
    .describe('Oldest first'),
  by: z.string(),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
export type Rollout = z.infer<typeof rolloutSchema>;

/** Whether the rollout goes on, or waits. */
export function isOpenRollout(rollout: Rollout | null | undefined): rollout is Rollout {
  return rollout?.state === 'running' || rollout?.state === 'holding';
}
