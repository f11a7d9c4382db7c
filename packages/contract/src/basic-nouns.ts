import { z } from 'zod';
import { boundedJson, recordOf } from './bounded-schemas.ts';
import { FAILURES } from './failure-catalogue.ts';

/** A version as a path parameter. */
export const versionSchema = z.coerce.number().int().positive().max(2_147_483_647);
export const taskSchema = z.enum(['binary', 'multiclass', 'regression', 'forecast']);
export type TaskName = z.infer<typeof taskSchema>;
/** What a model does; `tensor` where that is its callers' to know. */
export const modelTaskSchema = z.enum([...taskSchema.options, 'tensor']);

/** Any JSON object. */
export const jsonRecord = z.record(z.string(), z.unknown());
/** Parameters and ranges of a learner. */
export const givenParameters = recordOf(
  z.string().max(200),
  boundedJson({ depth: 4, values: 1000, characters: 1000 }),
  100,
);

export const failureSchema = z.object({
  code: z.string().describe('A code of the failure catalogue'),
  message: z.string(),
  hint: z.string(),
  details: jsonRecord,
  path: z.string().optional(),
});
export const failureCodeSchema = z.enum(Object.keys(FAILURES) as [keyof typeof FAILURES]);

/** RFC 9457 problem details, the body of every failed call. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: failureCodeSchema,
  hint: z.string(),
  path: z.string().optional().describe('The offending field'),
  details: jsonRecord.optional().describe('What the sentence was made from'),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
