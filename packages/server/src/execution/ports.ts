import type { FailureData, Stage } from '@slipway/contract';
import type {
  ClaimedJob,
  EnqueueOptions,
  Job,
  JobFilter,
  JobState,
  LeaseState,
  NewPipelineRun,
  PipelineRun,
  PipelineRunEnd,
  PipelineRunFilter,
  Requeued,
  StageState,
  WorkerId,
} from './model.ts';

/**
 * Jobs, first come first served. Whoever claims a job holds it while its lease lasts; a job whose lease ran out is
 * given to another, and what the first then reports is refused, so each job's result is written once. Leases are
 * measured by the database's clock. A handler may run more than once, so its effects belong in the transaction
 * that completes the job.
 */
export interface JobQueue {
  enqueue(kind: string, input: unknown, options?: EnqueueOptions): Promise<Job>;
  /** The oldest queued job of these kinds, now leased; undefined when there is none. Never waits for others. */
  claim(worker: WorkerId, kinds: readonly string[], leaseMs: number): Promise<ClaimedJob | undefined>;
  /** Prolongs the lease and tells how far it is (`progress` undefined leaves it). */
  heartbeat(id: string, token: number, leaseMs: number, progress?: unknown): Promise<LeaseState>;
  /** Throws `job.stale` unless `token` holds the job. */
  complete(id: string, token: number, output: unknown): Promise<Job>;
  /** Ends it as failed: what the job itself did wrong is not tried again. Throws `job.stale`. */
  fail(id: string, token: number, failure: FailureData): Promise<Job>;
  /** Hands it back unharmed, not counted as an attempt: the worker is going home. Throws `job.stale`. */
  release(id: string, token: number): Promise<Job>;
  /** Ends a queued or running job; one that is over stays as it is. Throws `job.missing`. */
  cancel(id: string): Promise<Job>;
  find(id: string): Promise<Job | undefined>;
  /** Throws `job.missing`. */
  get(id: string): Promise<Job>;
  /** Newest first; 100 unless told. */
  list(filter?: JobFilter): Promise<Job[]>;
  /**
   * Hashes (64 hex digits) that jobs name and may yet need: inputs and progress of those that are not over, and outputs of
   * those that ended within so long.
   */
  namedHashes(outputsKeptMs: number): Promise<Set<string>>;
  /** Every hash that any job has in its input, progress or output, however old it is. */
  mentionedHashes(): Promise<Set<string>>;
  /** Whether any job has this hash in its input, progress or output. */
  mentions(sha256: string): Promise<boolean>;
  /**
   * Forgets jobs that were over before so long, oldest first, `limit` at most; returns how many went. Those of running
   * pipeline runs stay, and of these kinds those that were done.
   */
  forget(olderThanMs: number, keep: readonly string[], limit: number): Promise<number>;
  /** How many there are in each state. */
  counts(): Promise<Record<JobState, number>>;
  /** Takes jobs from workers whose lease ran out; fails those out of attempts with `job.crashed`. */
  requeueExpired(): Promise<Requeued>;
  /**
   * Takes running jobs from all instances but these, at once: at start, the former life of this server. What killed it
   * need not have been the job, so `job.crashed` comes only after three times the attempts.
   */
  requeueOrphans(livingInstances: readonly string[]): Promise<Requeued>;
}

/** What each pipeline run did and how it ended. Ids are made here unless given. At most one of a name is running. */
export interface PipelineRunStore {
  /**
   * Throws `pipeline-run.running` while one of that name is running: two would train against the same champion and number
   * the same version.
   */
  create(pipelineRun: NewPipelineRun): Promise<PipelineRun>;
  /** Begins a stage, or begins it again after a crash. Throws `pipeline-run.missing`. */
  beginStage(id: string, stage: Stage): Promise<PipelineRun>;
  /** Tells how far a stage is that began. Throws `pipeline-run.missing`. */
  reportStage(id: string, stage: Stage, summary: unknown): Promise<PipelineRun>;
  /** Ends a stage that began. Throws `pipeline-run.missing`. */
  endStage(
    id: string,
    stage: Stage,
    state: Exclude<StageState, 'running'>,
    summary: unknown,
  ): Promise<PipelineRun>;
  /** Ends the pipeline run; one that is over stays as it is. Throws `pipeline-run.missing`. */
  end(
    id: string,
    end: { state: PipelineRunEnd; result?: unknown; failure?: FailureData },
  ): Promise<PipelineRun>;
  find(id: string): Promise<PipelineRun | undefined>;
  /** Throws `pipeline-run.missing`. */
  get(id: string): Promise<PipelineRun>;
  /** Newest first; 100 unless told. */
  list(filter?: PipelineRunFilter): Promise<PipelineRun[]>;
}

/**
 * Files of one job that outlive its process: a job that is taken up again finds them. Names are plain, without folders.
 * They go when the job is over.
 */
export interface JobShelf {
  /** Takes a local file over under a name: whole or not there, and durable when it resolves to its path. Throws `storage.full`. */
  putFile(name: string, path: string): Promise<string>;
  /** As {@link putFile}, of plain data. */
  put(name: string, value: unknown): Promise<void>;
  /** Where the file of that name lies; undefined when it was never put there. */
  find(name: string): Promise<string | undefined>;
  /** The data of that name; undefined when it was never put there. */
  get(name: string): Promise<unknown>;
}
