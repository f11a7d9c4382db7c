import { z } from 'zod';
import { nameSchema } from '../name-schema.ts';
import {
  cellSchema,
  datasetSchema,
  datasetSummarySchema,
  datasetVersionSchema,
  jobSchema,
  versionSchema,
} from '../nouns.ts';
import type { Operation } from '../operation.ts';

const FILE_FAILURES = [
  'upload.missing',
  'file.empty',
  'file.no-rows',
  'file.unreadable',
  'file.binary',
  'file.ragged',
  'file.too-many-columns',
  'file.unpacks-too-large',
  'storage.full',
] as const;

export const dataOperations = {
  'uploads.create': {
    method: 'POST',
    path: '/api/v1/uploads',
    room: 'ingest',
    permission: 'uploads:write',
    summary: 'Upload a file; its bytes are the body. Another call says what it is for.',
    query: z.object({
      filename: z.string().min(1).max(255).describe('Name as the user knows it, without folders'),
    }),
    body: { stream: 'application/octet-stream' },
    answer: z.object({ id: z.string(), filename: z.string(), bytes: z.int(), sha256: z.string() }),
    failures: ['request.too-large', 'storage.full', 'file.empty'],
  },
  'datasets.list': {
    method: 'GET',
    path: '/api/v1/datasets',
    room: 'ingest',
    permission: 'datasets:read',
    summary: 'List the datasets.',
    answer: z.object({ datasets: z.array(datasetSummarySchema) }),
    failures: [],
  },
  'datasets.add': {
    method: 'POST',
    path: '/api/v1/datasets',
    room: 'ingest',
    permission: 'datasets:write',
    summary: 'Make a dataset from an upload, or append a version to the dataset of that name.',
    body: z.strictObject({
      name: nameSchema,
      uploadId: z.string(),
      append: z.boolean().default(false).describe('Append to the dataset of this name instead of making one'),
    }),
    answer: jobSchema,
    failures: [...FILE_FAILURES, 'dataset.exists', 'dataset.missing', 'dataset.schema-differs'],
    example: { name: 'customers', uploadId: 'upl_…' },
  },
  'datasets.get': {
    method: 'GET',
    path: '/api/v1/datasets/{name}',
    room: 'ingest',
    permission: 'datasets:read',
    summary: 'Show a dataset and its versions.',
    params: z.object({ name: nameSchema }),
    answer: datasetSchema,
    failures: ['dataset.missing'],
  },
  'datasets.version': {
    method: 'GET',
    path: '/api/v1/datasets/{name}/versions/{version}',
    room: 'ingest',
    permission: 'datasets:read',
    summary: 'Show one version: schema, profile, segments. `latest` is a version.',
    params: z.object({
      name: nameSchema,
      version: z.union([z.literal('latest'), versionSchema]),
    }),
    answer: datasetVersionSchema,
    failures: ['dataset.missing', 'dataset.version-missing'],
  },
  'datasets.preview': {
    method: 'POST',
    path: '/api/v1/datasets/{name}/versions/{version}/preview',
    room: 'ingest',
    permission: 'datasets:read',
    summary: 'Read some rows of a version.',
    params: z.object({
      name: nameSchema,
      version: z.union([z.literal('latest'), versionSchema]),
    }),
    body: z.strictObject({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(1000).default(20) }),
    answer: z.object({ rows: z.array(z.record(z.string(), cellSchema)) }),
    failures: ['dataset.missing', 'dataset.version-missing'],
  },
} as const satisfies Record<string, Operation>;
