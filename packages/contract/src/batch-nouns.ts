import { z } from 'zod';
import { failureSchema } from './basic-nouns.ts';
import { ingestFindingSchema } from './ingest-nouns.ts';
import { timeSchema } from './name-schema.ts';
import { jobStateSchema } from './pipeline-run-nouns.ts';

/** Rows that a model version predicts beside the endpoints, and the file that comes of it. */
export const batchSchema = z.object({
  id: z.string(),
  state: jobStateSchema,
  model: z.object({ name: z.string(), version: z.int() }),
  source: z.union([
    z.object({ file: z.string().describe('Its name as it was uploaded') }),
    z.object({ dataset: z.string(), version: z.int() }),
  ]),
  format: z.enum(['parquet', 'csv']),
  keep: z.union([z.enum(['all', 'none']), z.array(z.string())]),
  explain: z.boolean(),
  progress: z
    .object({ rows: z.int().describe('Predicted and kept'), of: z.int() })
    .nullable()
    .describe('Null until the rows are counted'),
  reading: z
    .object({
      bytes: z.int().describe('Read so far'),
      totalBytes: z.int().nullable().describe('Of the file; null until it was looked through once'),
      rows: z.int().nullable().describe('Of the file; null until all are read'),
      share: z.number().min(0).max(1).describe('Of the reading'),
    })
    .nullable()
    .describe('While an uploaded file is read, before rows are predicted; null otherwise'),
  result: z
    .object({
      filename: z.string(),
      rows: z.int(),
      bytes: z.int(),
      sha256: z.string().describe('Of the file, lower-case hex'),
    })
    .nullable()
    .describe('When it is done; the file is kept for a week unless configured otherwise'),
  warnings: z
    .array(ingestFindingSchema)
    .describe('What a reader should check of how an uploaded file was read; known when it is done'),
  failure: failureSchema.nullable(),
  by: z.string().describe('The key that asked'),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
});
export type Batch = z.infer<typeof batchSchema>;
