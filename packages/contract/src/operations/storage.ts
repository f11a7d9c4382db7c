import { z } from 'zod';
import type { Operation } from '../operation.ts';

const countSchema = z.int().min(0);
const movedSchema = z.object({ objects: countSchema, bundles: countSchema });
const daySchema = z.iso.date().max(10).describe('Day of the removal, UTC, such as 2026-11-29');

export const storageOperations = {
  'storage.clean': {
    method: 'POST',
    path: '/api/v1/storage/clean',
    module: 'system',
    permission: 'system:write',
    summary: 'Remove unused objects now; removed objects and models wait in the trash.',
    body: z.strictObject({
      force: z
        .boolean()
        .default(false)
        .describe('Remove also what the database implausibly does not name, into the trash'),
    }),
    answer: movedSchema.extend({ uploads: countSchema, jobs: countSchema, events: countSchema }),
    failures: ['storage.implausible-removal'],
    example: { force: false },
  },
  'storage.trash': {
    method: 'GET',
    path: '/api/v1/storage/trash',
    module: 'system',
    permission: 'system:read',
    summary: 'List the removed objects that wait for deletion, by day.',
    answer: z.object({
      keptDays: z.int().describe('Days for which it waits (`work.trashKeptDays`)'),
      days: z.array(movedSchema.extend({ day: daySchema, bytes: countSchema })),
    }),
    failures: [],
  },
  'storage.restore': {
    method: 'POST',
    path: '/api/v1/storage/trash/restore',
    module: 'system',
    permission: 'system:write',
    summary: 'Restore removed objects and models from the trash.',
    body: z.strictObject({ day: daySchema.optional() }),
    answer: movedSchema,
    failures: [],
    example: {},
  },
  'storage.empty-trash': {
    method: 'DELETE',
    path: '/api/v1/storage/trash',
    module: 'system',
    permission: 'system:write',
    summary: 'Empty the trash.',
    // All of it: what a caller may take for a choice is refused.
    query: z.strictObject({}),
    answer: movedSchema,
    failures: [],
  },
} as const satisfies Record<string, Operation>;
