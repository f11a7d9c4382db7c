import type { FailureData } from '@slipway/contract';

/** What the control plane tells a job process: one job, once. `setting` is whatever main needs to wire the process. */
export type ToJob = { type: 'run'; kind: string; input: unknown; setting: unknown };

/** What a job process tells: how far it is, any number of times; then how it ended, once. */
export type FromJob =
  | { type: 'progress'; progress: unknown }
  | { type: 'done'; output: unknown }
  | { type: 'failed'; failure: FailureData; cause?: string };
