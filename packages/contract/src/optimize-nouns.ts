import { z } from 'zod';

/** What became of one way to make a model lighter. */
export const optimizationTrialSchema = z.object({
  technique: z.string(),
  outcome: z
    .enum(['before', 'chosen', 'fits', 'loses', 'gains-nothing', 'inapplicable'])
    .describe(
      'before: the model as it was; chosen: the best within the limit; fits: within it, and another was better; loses: not within it; gains-nothing: neither smaller nor faster; inapplicable: not run',
    ),
  says: z.string(),
  bytes: z.number().nullable().describe('Of the files that answer'),
  memoryBytes: z
    .number()
    .nullable()
    .describe('Of the tables of the engine, or of the whole process of a graph'),
  oneRowMicroseconds: z.number().nullable(),
  thousandRowsMicroseconds: z
    .number()
    .nullable()
    .describe('Null where the model takes a fixed number of rows'),
  quality: z.number().nullable(),
});
export type OptimizationTrial = z.infer<typeof optimizationTrialSchema>;

/** The output of a job of the kind `optimize-model`. */
export const optimizationResultSchema = z.object({
  model: z.string(),
  from: z.object({ version: z.int(), bundleId: z.string() }),
  bundleId: z.string().nullable().describe('Of the new version; null when the model stays as it is'),
  chosen: z.string(),
  says: z.string(),
  judgedBy: z.object({
    metric: z.string(),
    before: z.number(),
    worst: z.number().describe('The worst value within the limit'),
    rows: z.int(),
    data: z.string().describe('Which rows'),
    verified: z.boolean().describe('Whether the rows were chosen by somebody, rather than made at random'),
  }),
  table: z.array(optimizationTrialSchema),
});
export type OptimizationResult = z.infer<typeof optimizationResultSchema>;
