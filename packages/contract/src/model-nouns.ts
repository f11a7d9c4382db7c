import { z } from 'zod';
import { modelTaskSchema } from './basic-nouns.ts';
import { gateSchema } from './gate-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';

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
