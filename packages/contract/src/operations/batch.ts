import { z } from 'zod';
import { batchSchema } from '../batch-nouns.ts';
import { columnNamesSchema, idSchema } from '../bounded-schemas.ts';
import { readFieldSchema, readsFile, readsFileOnly } from '../ingest-nouns.ts';
import { nameSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { OBJECT_FAILURES } from './shared-failures.ts';

const byId = z.object({ id: idSchema });
const version = z.int().positive().max(2_147_483_647);

export const batchOperations = {
  'batches.start': {
    method: 'POST',
    path: '/api/v1/batches',
    module: 'serve',
    permission: 'endpoints:predict',
    summary: 'Predict every row of an uploaded file or a dataset version, as a job beside the endpoints.',
    body: z
      .strictObject({
        model: nameSchema.describe('An endpoint, whose version answers, or a model'),
        version: version.optional().describe('Of the model; its champion when left out'),
        uploadId: idSchema.optional(),
        dataset: z
          .strictObject({
            name: nameSchema,
            version: z.union([version, z.literal('latest')]).default('latest'),
          })
          .optional(),
        read: readFieldSchema,
        format: z.enum(['parquet', 'csv']).default('parquet'),
        keep: z
          .union([z.enum(['all', 'none']), columnNamesSchema.min(1)])
          .default('all')
          .describe('Columns of the rows that the result has too'),
        explain: z.boolean().default(false).describe('Also what each column added to the answer'),
      })
      .refine(readsFile, readsFileOnly),
    answer: batchSchema,
    failures: [
      'endpoint.not-ready',
      'model.missing',
      'model.version-missing',
      'upload.missing',
      'dataset.missing',
      'dataset.version-missing',
    ],
    example: { model: 'churn', dataset: { name: 'customers' }, format: 'parquet', keep: ['id'] },
  },
  'batches.list': {
    method: 'GET',
    path: '/api/v1/batches',
    module: 'serve',
    permission: 'jobs:read',
    summary: 'List the batches, newest first: your own, and those of others if you may read pipeline runs.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answer: z.object({ batches: z.array(batchSchema) }),
    failures: [],
  },
  'batches.get': {
    method: 'GET',
    path: '/api/v1/batches/{id}',
    module: 'serve',
    permission: 'jobs:read',
    summary: 'Show a batch and how far it is.',
    params: byId,
    answer: batchSchema,
    failures: ['job.missing'],
  },
  'batches.result': {
    method: 'GET',
    path: '/api/v1/batches/{id}/result',
    module: 'serve',
    permission: 'endpoints:predict',
    summary: 'Download the rows with their predictions.',
    params: byId,
    answer: { stream: 'application/octet-stream' },
    failures: ['job.missing', 'job.no-artifact', ...OBJECT_FAILURES],
  },
  'batches.cancel': {
    method: 'POST',
    path: '/api/v1/batches/{id}/cancel',
    module: 'serve',
    permission: 'endpoints:predict',
    summary: 'Cancel a batch; its partial result is removed.',
    params: byId,
    answer: batchSchema,
    failures: ['job.missing'],
  },
} as const satisfies Record<string, Operation>;
