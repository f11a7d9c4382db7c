import { z } from 'zod';
import { columnReadingSchema, columnTypeSchema, ingestReportSchema } from './ingest-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';

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
