export type { JobBudget } from './job-budget.ts';
export { type JobPool, type JobPoolOptions, startJobPool } from './job-pool.ts';
export type { JobOutcome } from './job-process.ts';
export type { FromJob, ToJob } from './protocol.ts';
export { runJobProcess } from './run-job-process.ts';
