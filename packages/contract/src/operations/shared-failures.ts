import type { FailureCode } from '../failure-catalogue.ts';

/** Of every operation that reads what is stored. */
export const OBJECT_FAILURES = ['object.corrupt', 'object.missing'] as const satisfies readonly FailureCode[];

/** Of every operation that is answered with what a job found, beside those of its subject. */
export const JOB_FAILURES = [
  'job.too-slow',
  'job.too-many-processes',
  'job.out-of-memory',
  'job.stalled',
  'job.crashed',
  'job.cancelled',
] as const satisfies readonly FailureCode[];
