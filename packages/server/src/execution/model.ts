import type { FailureData, Stage } from '@slipway/contract';

/** Every time below is UTC ISO 8601 with milliseconds. `unknown` fields are JSON, kept as they were given. */

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** A piece of work that survives the death of whoever does it. */
export type Job = {
  id: string;
  /** Which handler it is for. */
  kind: string;
  state: JobState;
  input: unknown;
  output: unknown;
  failure: FailureData | null;
  /** The last that its worker told. */
  progress: unknown;
  pipelineRunId: string | null;
  /** How often a worker took it and did not hand it back. */
  attempts: number;
  maxAttempts: number;
  /** `instance/worker` of the one that has it, or had it last. */
  workerId: string | null;
  leaseEndsAt: string | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
};

/** A job in the hands of a worker. `token` grows with each claim: it fences out those who had the job before. */
export type ClaimedJob = Job & { token: number };

export type EnqueueOptions = {
  pipelineRunId?: string;
  /** 3 unless told. */
  maxAttempts?: number;
  /** A second job with the same key is not made: the first is returned. */
  key?: string;
};

/** Who works: `instance` is one life of a server (a new one each start), `worker` one of its workers. */
export type WorkerId = { instance: string; worker: string };

/** What a worker hears when it reports: go on, stop because the job was cancelled, or stop because another has it. */
export type LeaseState = 'held' | 'cancelled' | 'lost';

export type JobFilter = { kind?: string; state?: JobState; pipelineRunId?: string; limit?: number };

/** Jobs whose worker is gone: those queued again, and those that failed because it happened too often. */
export type Requeued = { requeued: Job[]; failed: Job[] };

export type PipelineRunKind = 'ship' | 'train' | 'retrain';
export type PipelineRunState = 'running' | 'done' | 'failed' | 'cancelled' | 'refused';
export type PipelineRunEnd = Exclude<PipelineRunState, 'running'>;
export type StageState = 'running' | 'done' | 'failed' | 'skipped';

/** What happened in one stage of one pipeline run. */
export type StageRecord = {
  stage: Stage;
  state: StageState;
  startedAt: string;
  endedAt: string | null;
  summary: unknown;
};

/** One walk from a table to an endpoint, or to a better model for one. */
export type PipelineRun = {
  id: string;
  name: string;
  kind: PipelineRunKind;
  state: PipelineRunState;
  request: unknown;
  /** In the order in which they began. */
  stages: StageRecord[];
  result: unknown;
  failure: FailureData | null;
  /** Grows with each change. */
  changes: number;
  createdAt: string;
  endedAt: string | null;
};

export type NewPipelineRun = { id?: string; name: string; kind: PipelineRunKind; request: unknown };

export type PipelineRunFilter = {
  name?: string;
  kind?: PipelineRunKind;
  state?: PipelineRunState;
  limit?: number;
};
