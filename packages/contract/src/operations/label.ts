import { z } from 'zod';
import { columnNameSchema, idSchema } from '../bounded-schemas.ts';
import {
  labelProgressSchema,
  labelQueueReportSchema,
  labelQueueSchema,
  labelTaskSchema,
  labelTaskToReviewSchema,
} from '../label-nouns.ts';
import { nameSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { jobSchema } from '../pipeline-run-nouns.ts';

const byQueue = z.object({ queue: nameSchema });
const byTask = z.object({ queue: nameSchema, task: idSchema });
const version = z.int().positive().max(2_147_483_647);
/** The next row of a person, when there is one left for them, and how far the queue is. */
const nextSchema = z.object({ task: labelTaskSchema.nullable(), progress: labelProgressSchema });
const progressSchema = z.object({ progress: labelProgressSchema });

export const labelOperations = {
  'labelling.open': {
    method: 'POST',
    path: '/api/v1/label-queues',
    module: 'label',
    permission: 'labelling:write',
    summary: 'Open a queue of the rows whose target is missing, for people to fill in, as a job.',
    body: z.strictObject({
      name: nameSchema.optional().describe('From dataset and target when left out'),
      dataset: nameSchema,
      version: version.optional().describe('The newest when left out'),
      target: z.string().min(1).max(500).describe('Column to fill in; added if the dataset lacks it'),
      choices: z
        .array(z.string().min(1).max(200))
        .min(2)
        .max(50)
        .optional()
        .describe('Answers that may be given; those of the column when left out'),
      numbers: z.boolean().default(false).describe('Any number may be given'),
      overlap: z.int().min(1).max(20).default(1).describe('How many people answer each row'),
      leaseSeconds: z.int().min(5).max(86_400).default(600).describe('How long a row is one person’s'),
      limit: z.int().min(1).max(10_000).default(1000).describe('At most so many rows'),
      columns: z
        .array(columnNameSchema)
        .min(1)
        .max(200)
        .optional()
        .describe(
          'Columns that people see, long texts cut; the first 200 when left out, fewer of more than 2,000 rows',
        ),
      model: nameSchema.optional().describe('Rows that this classifier is least sure of come first'),
      modelVersion: version.optional().describe('The champion when left out'),
      relabel: z.boolean().default(false).describe('Ask about rows that have a value too'),
    }),
    answer: jobSchema,
    failures: [
      'dataset.missing',
      'dataset.version-missing',
      'model.missing',
      'model.version-missing',
      'label.queue-exists',
      'label.target-unfit',
      'label.model-unfit',
      'label.nothing-to-do',
    ],
    example: { dataset: 'customers', target: 'churned', overlap: 2 },
  },
  'labelling.list': {
    method: 'GET',
    path: '/api/v1/label-queues',
    module: 'label',
    permission: 'labelling:read',
    summary: 'List the labelling queues, newest first.',
    answer: z.object({ queues: z.array(labelQueueSchema) }),
    failures: [],
  },
  'labelling.get': {
    method: 'GET',
    path: '/api/v1/label-queues/{queue}',
    module: 'label',
    permission: 'labelling:read',
    summary: 'Show a queue: progress, people, how far they agree, rows without a majority.',
    params: byQueue,
    answer: labelQueueReportSchema,
    failures: ['label.queue-missing'],
  },
  'labelling.next': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/next',
    module: 'label',
    permission: 'labelling:answer',
    summary: 'Take the next row; it is reserved for you until the lease ends.',
    params: byQueue,
    answer: nextSchema,
    failures: ['label.queue-missing', 'label.closed'],
  },
  'labelling.submit': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/tasks/{task}/answer',
    module: 'label',
    permission: 'labelling:answer',
    summary: 'Answer the row you hold; the same answer sent again is harmless.',
    params: byTask,
    body: z.strictObject({ value: z.union([z.string().max(200), z.number(), z.boolean()]) }),
    answer: progressSchema,
    failures: ['label.queue-missing', 'label.closed', 'label.lease-lost', 'labels.wrong-type'],
    example: { value: 'Yes' },
  },
  'labelling.skip': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/tasks/{task}/skip',
    module: 'label',
    permission: 'labelling:answer',
    summary: 'Skip the row you hold; it goes to other people.',
    params: byTask,
    body: z.strictObject({ reason: z.string().max(500).optional() }),
    answer: progressSchema,
    failures: ['label.queue-missing', 'label.closed', 'label.lease-lost'],
    example: { reason: 'The text is unreadable.' },
  },
  'labelling.takeBack': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/take-back',
    module: 'label',
    permission: 'labelling:answer',
    summary: 'Take your last answer or skip back; its row is yours again.',
    params: byQueue,
    answer: nextSchema,
    failures: ['label.queue-missing', 'label.closed'],
  },
  'labelling.toReview': {
    method: 'GET',
    path: '/api/v1/label-queues/{queue}/review',
    module: 'label',
    permission: 'labelling:write',
    summary: 'List the rows whose answers decide nothing, for a reviewer to decide.',
    params: byQueue,
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    answer: z.object({ total: z.int(), tasks: z.array(labelTaskToReviewSchema) }),
    failures: ['label.queue-missing'],
  },
  'labelling.review': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/tasks/{task}/review',
    module: 'label',
    permission: 'labelling:write',
    summary:
      'Decide a row as a reviewer, in place of what people answered; null leaves it without a label. The last decision counts.',
    params: byTask,
    body: z.strictObject({ value: z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]) }),
    answer: z.object({ left: z.int().describe('Rows that still wait for a reviewer') }),
    failures: ['label.queue-missing', 'label.task-missing', 'labels.wrong-type'],
    example: { value: 'Yes' },
  },
  'labelling.apply': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/apply',
    module: 'label',
    permission: 'labelling:write',
    summary: 'Make a dataset version in which the labels that people agreed on are filled in, as a job.',
    params: byQueue,
    answer: jobSchema,
    failures: ['label.queue-missing', 'label.nothing-to-apply', 'dataset.moved'],
  },
  'labelling.close': {
    method: 'POST',
    path: '/api/v1/label-queues/{queue}/close',
    module: 'label',
    permission: 'labelling:write',
    summary: 'Hand out no more rows and take no more answers; what was answered stays.',
    params: byQueue,
    answer: labelQueueSchema,
    failures: ['label.queue-missing'],
  },
} as const satisfies Record<string, Operation>;
