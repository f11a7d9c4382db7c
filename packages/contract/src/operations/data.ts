import { z } from 'zod';
import { versionSchema } from '../basic-nouns.ts';
import { idSchema } from '../bounded-schemas.ts';
import {
  columnSchema,
  datasetSchema,
  datasetSummarySchema,
  datasetVersionSchema,
  datasetVersionSummarySchema,
} from '../dataset-nouns.ts';
import { ingestReportSchema, readFieldSchema } from '../ingest-nouns.ts';
import { nameSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { jobSchema } from '../pipeline-run-nouns.ts';
import { cellSchema } from '../prediction-nouns.ts';
import { JOB_FAILURES, OBJECT_FAILURES } from './shared-failures.ts';

const FILE_FAILURES = [
  'upload.missing',
  'file.empty',
  'file.no-rows',
  'file.unreadable',
  'file.binary',
  'file.ragged',
  'file.option-unfit',
  'file.form-unclear',
  'file.needs-memory',
  'file.needs-disk',
  'file.too-many-columns',
  'file.too-many-values',
  'file.too-complex',
  'file.unpacks-too-large',
  'storage.full',
] as const;

const LATER_FILE_FAILURES = ['file.column-missing', 'file.column-spelling', 'file.value-unreadable'] as const;

const versionNumberSchema = z.int().positive().max(2_147_483_647);

type Purposes = { dataset?: string | undefined; model?: string | undefined; labelsOf?: string | undefined };

/** For how many purposes a file is looked at. */
function purposes({ dataset, model, labelsOf }: Purposes): number {
  return [dataset, model, labelsOf].filter((one) => one !== undefined).length;
}

export const dataOperations = {
  'uploads.create': {
    method: 'POST',
    path: '/api/v1/uploads',
    module: 'ingest',
    permission: 'uploads:write',
    summary: 'Upload a file; its bytes are the body. Another call says what it is for.',
    query: z.object({
      filename: z.string().min(1).max(255).describe('Name as the user knows it, without folders'),
    }),
    body: { stream: 'application/octet-stream' },
    answer: z.object({ id: z.string(), filename: z.string(), bytes: z.int(), sha256: z.string() }),
    failures: ['request.too-large', 'upload.quota-spent', 'storage.full', 'file.empty'],
  },
  'uploads.list': {
    method: 'GET',
    path: '/api/v1/uploads',
    module: 'ingest',
    permission: 'uploads:write',
    summary:
      'List the uploads that this key made and that are kept, newest first, and the bytes they count for.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      keys: z.literal('all').optional().describe('Those of all keys; needs the permission uploads:read'),
    }),
    answer: z.object({
      uploads: z.array(
        z.object({
          id: z.string(),
          filename: z.string(),
          bytes: z.int(),
          sha256: z.string(),
          createdAt: z.string(),
          key: z.string().nullable().describe('Id of the key that made it; null where that was not recorded'),
        }),
      ),
      total: z.int().describe('How many there are, also beyond the limit'),
      usedBytes: z
        .int()
        .describe('Bytes of the uploads of this key; the same bytes uploaded twice count once'),
      limitBytes: z
        .int()
        .nullable()
        .describe('How many bytes this key may have; null for keys without a limit'),
    }),
    failures: [],
  },
  'uploads.delete': {
    method: 'DELETE',
    path: '/api/v1/uploads/{id}',
    module: 'ingest',
    permission: 'uploads:write',
    summary:
      'Delete an upload. Datasets and models that were made of it, and jobs that read it, are not concerned.',
    params: z.object({ id: idSchema }),
    answer: z.object({
      deleted: z.boolean(),
      erased: z
        .boolean()
        .describe(
          'Whether its bytes are gone too; else something else needs them, or the clean-up removes them',
        ),
    }),
    failures: ['upload.missing'],
  },
  'uploads.inspect': {
    method: 'POST',
    path: '/api/v1/uploads/{id}/inspect',
    module: 'ingest',
    permission: 'uploads:write',
    summary: 'Show how an uploaded table would be read, and its first rows, without storing it.',
    params: z.object({ id: idSchema }),
    body: z
      .strictObject({
        read: readFieldSchema,
        limit: z.int().min(1).max(1000).default(20).describe('How many rows are shown'),
        dataset: nameSchema
          .optional()
          .describe('Read as a file that is appended to this dataset; needs the permission datasets:read'),
        model: nameSchema
          .optional()
          .describe('Read as rows for an endpoint of this name, or for a model (needs models:read)'),
        version: versionNumberSchema.optional().describe('Of the model; its champion when left out'),
        labelsOf: nameSchema.optional().describe('Read as labels of this endpoint'),
      })
      .refine((body) => purposes(body) <= 1, {
        path: ['dataset'],
        error: 'Give at most one of dataset, model and labelsOf',
      }),
    answer: z.object({
      columns: z
        .array(columnSchema.partial({ role: true, nullable: true }))
        .describe('Role and missing values are known of new datasets and appended files'),
      rows: z
        .array(z.record(z.string(), cellSchema))
        .describe(
          'The first rows; fewer of wide tables and long texts, texts cut beyond their share of 1,000,000 characters, after 1,000 at the earliest',
        ),
      missingWords: z.array(z.string()).describe('Words that mean a missing value'),
      report: ingestReportSchema,
    }),
    failures: [
      ...FILE_FAILURES,
      ...LATER_FILE_FAILURES,
      ...OBJECT_FAILURES,
      ...JOB_FAILURES,
      'labels.column-missing',
      'dataset.missing',
      'dataset.schema-differs',
      'endpoint.missing',
      'endpoint.not-ready',
      'model.missing',
      'model.version-missing',
      'predict.takes-tensors',
    ],
    example: { read: { delimiter: ';', types: { zip: 'string' } }, limit: 5 },
  },
  'datasets.list': {
    method: 'GET',
    path: '/api/v1/datasets',
    module: 'ingest',
    permission: 'datasets:read',
    summary: 'List the datasets.',
    answer: z.object({ datasets: z.array(datasetSummarySchema) }),
    failures: [],
  },
  'datasets.add': {
    method: 'POST',
    path: '/api/v1/datasets',
    module: 'ingest',
    permission: 'datasets:write',
    summary: 'Make a dataset from an upload, or append a version to the dataset of that name.',
    body: z.strictObject({
      name: nameSchema,
      uploadId: idSchema,
      append: z.boolean().default(false).describe('Append to the dataset of this name instead of making one'),
      read: readFieldSchema,
    }),
    answer: jobSchema,
    failures: [
      ...FILE_FAILURES,
      ...LATER_FILE_FAILURES,
      'dataset.exists',
      'dataset.missing',
      'dataset.schema-differs',
    ],
    example: { name: 'customers', uploadId: 'upl_…', read: { dateOrder: 'dmy' } },
  },
  'datasets.get': {
    method: 'GET',
    path: '/api/v1/datasets/{name}',
    module: 'ingest',
    permission: 'datasets:read',
    summary: 'Show a dataset and its versions.',
    params: z.object({ name: nameSchema }),
    answer: datasetSchema,
    failures: ['dataset.missing'],
  },
  'datasets.version': {
    method: 'GET',
    path: '/api/v1/datasets/{name}/versions/{version}',
    module: 'ingest',
    permission: 'datasets:read',
    summary: 'Show one version: schema, profile, segments. `latest` is a version.',
    params: z.object({
      name: nameSchema,
      version: z.union([z.literal('latest'), versionSchema]),
    }),
    answer: datasetVersionSchema,
    failures: ['dataset.missing', 'dataset.version-missing'],
  },
  'datasets.rollback': {
    method: 'POST',
    path: '/api/v1/datasets/{name}/rollback',
    module: 'ingest',
    permission: 'datasets:write',
    summary: 'Make the rows of an earlier version the newest version again; no version is deleted.',
    params: z.object({ name: nameSchema }),
    body: z.strictObject({ to: versionNumberSchema.describe('The version whose rows are wanted') }),
    answer: datasetVersionSummarySchema,
    failures: ['dataset.missing', 'dataset.version-missing', 'dataset.rollback-unneeded', 'dataset.moved'],
    example: { to: 1 },
  },
  'datasets.preview': {
    method: 'POST',
    path: '/api/v1/datasets/{name}/versions/{version}/preview',
    module: 'ingest',
    permission: 'datasets:read',
    summary: 'Read some rows of a version.',
    params: z.object({
      name: nameSchema,
      version: z.union([z.literal('latest'), versionSchema]),
    }),
    body: z.strictObject({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(1000).default(20) }),
    answer: z.object({
      rows: z
        .array(z.record(z.string(), cellSchema))
        .describe(
          'Fewer of wide tables and long texts, texts cut beyond their share of 1,000,000 characters, after 1,000 at the earliest',
        ),
    }),
    failures: ['dataset.missing', 'dataset.version-missing', ...OBJECT_FAILURES, ...JOB_FAILURES],
  },
} as const satisfies Record<string, Operation>;
