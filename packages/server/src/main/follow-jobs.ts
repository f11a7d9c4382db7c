import {
  type FailureData,
  failureData,
  isFailure,
  type LabelsTaken,
  ownValue,
  type SlipwayError,
} from '@slipway/contract';
import type { JobPoolOptions } from '../adapters/job-processes/index.ts';
import type { ClaimedJob, Job } from '../execution/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore, Stores } from '../metadata/index.ts';
import {
  afterCandidate,
  afterFailedMonitor,
  afterImport,
  afterIngest,
  afterLabelApply,
  afterLabelOpen,
  afterMonitor,
  afterOptimize,
  afterValidation,
  type CandidateInput,
  type CandidateOutput,
  callsForPolicy,
  deployCandidate,
  endFailedJob,
  type ImportModelInput,
  type ImportModelOutput,
  type IngestInput,
  type IngestOutput,
  type JobKind,
  type LabelApplyInput,
  type LabelApplyOutput,
  type LabelOpenInput,
  type LabelOpenOutput,
  type LabelsFileInput,
  type LabelsFileOutput,
  type MonitorInput,
  type MonitorOutput,
  type OptimizeModelInput,
  type OptimizeModelOutput,
  type PipelineRunPorts,
  recordProgress,
  recordTrial,
  type StageProgress,
  type TakenLabel,
  type TrialProgress,
  takeLabelsFile,
  takenLabels,
  tryPolicy,
  type ValidateModelInput,
  type ValidateModelOutput,
} from '../workflows/index.ts';

type Followed = Pick<JobPoolOptions, 'onProgress' | 'onDone' | 'onFailed' | 'onGivenUp'>;

export type FollowPorts = {
  database: Database;
  pipelineRuns: PipelineRunPorts;
  objects: Pick<ObjectStore, 'read'>;
  clock: Clock;
  /** How long a job that tells how far it is keeps its lease: as long as the pool gives it. */
  leaseMs: number;
  wake: () => void;
  onError: (error: unknown) => void;
};

/** What the control plane does with what jobs tell. */
export function followJobs(ports: FollowPorts): Followed {
  const { database } = ports;
  const onFailed: Followed['onFailed'] = async (job, { failure, cause }) => {
    if (cause !== undefined) ports.onError(new Error(`${job.kind} ${job.id} failed: ${cause}`));
    await database.transaction(async (stores) => {
      await stores.jobs.fail(job.id, job.token, failure);
      await endFailed(stores, job, failure);
    });
  };
  const endFailed = async (stores: Stores, job: Job, failure: FailureData) => {
    await endFailedJob(stores, job, failure);
    if (job.kind === 'monitor')
      await afterFailedMonitor(stores, job.input as MonitorInput, failure, ports.clock.now());
  };
  return {
    onProgress: async (job, progress) => {
      if (isTrialProgress(progress))
        return database.transaction((stores) => recordTrial(stores, job.input as CandidateInput, progress));
      const lease = await database.stores.jobs.heartbeat(job.id, job.token, ports.leaseMs, progress);
      if (lease === 'held' && job.pipelineRunId !== null)
        await recordProgress(database.stores, job.pipelineRunId, progress as StageProgress);
    },
    onDone: async (job, output) => {
      try {
        const before = await ownValue(BEFORE, job.kind)?.(ports, job, output);
        await database.transaction(async (stores) => {
          await stores.jobs.complete(job.id, job.token, stored(job, output, before));
          await ownValue(INSIDE, job.kind)?.(stores, job, output, ports, before);
        });
      } catch (error) {
        if (!isVerdict(error)) throw error;
        return onFailed(job, { state: 'failed', failure: failureData(error), cause: undefined });
      }
      await ownValue(AFTERWARDS, job.kind)?.(ports, job, output);
    },
    onFailed,
    onGivenUp: (job) => database.transaction((stores) => endFailed(stores, job, job.failure!)),
  };
}

function isTrialProgress(progress: unknown): progress is TrialProgress {
  return typeof progress === 'object' && progress !== null && 'trial' in progress;
}

/** Whether what the job made cannot be taken, now or later. Anything else is tried again when the lease has run out. */
function isVerdict(error: unknown): error is SlipwayError {
  return isFailure(error) && error.kind !== 'unavailable' && error.code !== 'job.stale';
}

/** What is read or written before that, too much for one transaction: harmless when the job is done anew. */
const BEFORE: Partial<
  Record<JobKind, (ports: FollowPorts, job: ClaimedJob, output: unknown) => Promise<unknown>>
> = {
  ingest: async ({ objects }, job) => {
    const { labelled } = job.input as IngestInput;
    return labelled === undefined ? [] : takenLabels(objects, labelled);
  },
  'labels-file': ({ database, objects }, job, output) =>
    takeLabelsFile(
      { stores: database.stores, objects },
      job.input as LabelsFileInput,
      output as LabelsFileOutput,
    ),
};

type Inside = (
  stores: Stores,
  job: ClaimedJob,
  output: unknown,
  ports: FollowPorts,
  before: unknown,
) => Promise<void>;

/** What is written in the transaction that completes the job. */
const INSIDE: Partial<Record<JobKind, Inside>> = {
  ingest: (stores, job, output, _, labels) =>
    afterIngest(
      stores,
      job.pipelineRunId,
      job.input as IngestInput,
      output as IngestOutput,
      labels as TakenLabel[],
    ),
  candidate: async (stores, job, output) =>
    void (await afterCandidate(stores, job.input as CandidateInput, output as CandidateOutput)),
  'import-model': async (stores, job, output) =>
    void (await afterImport(stores, job.input as ImportModelInput, output as ImportModelOutput)),
  'optimize-model': (stores, job, output) =>
    afterOptimize(stores, job.input as OptimizeModelInput, output as OptimizeModelOutput),
  'validate-model': (stores, job, output) =>
    afterValidation(stores, job.input as ValidateModelInput, output as ValidateModelOutput),
  'label-open': (stores, job, output) =>
    afterLabelOpen(stores, job.input as LabelOpenInput, output as LabelOpenOutput),
  'label-apply': (stores, job, output, { clock }) =>
    afterLabelApply(stores, job.input as LabelApplyInput, output as LabelApplyOutput, clock.now()),
  monitor: (stores, job, output, { clock }) =>
    afterMonitor(stores, job.input as MonitorInput, output as MonitorOutput, clock.now()),
};

/** What is done once that is written. */
const AFTERWARDS: Partial<
  Record<JobKind, (ports: FollowPorts, job: ClaimedJob, output: unknown) => Promise<void>>
> = {
  ingest: async ({ wake }) => wake(),
  candidate: ({ pipelineRuns }, job) => deployCandidate(pipelineRuns, job.pipelineRunId!),
  monitor: async ({ database, clock, wake, onError }, job, output) => {
    const [input, found] = [job.input as MonitorInput, output as MonitorOutput];
    if (!(await callsForPolicy(database.stores, input, found))) return;
    const failure = await tryPolicy(database, input, found, clock.now());
    if (failure !== undefined) onError(failure);
    wake();
  },
};

function stored(job: Job, output: unknown, before: unknown): unknown {
  return ownValue(KEPT_OF, job.kind)?.(job, output, before) ?? output;
}

/** What is kept of outputs whose content is written elsewhere. */
const KEPT_OF: Partial<Record<JobKind, (job: Job, output: unknown, before: unknown) => unknown>> = {
  'labels-file': (_, output, replaced): LabelsTaken => {
    const { labels: __, taken, repeated, ...told } = output as LabelsFileOutput;
    return { accepted: taken - repeated, repeated, ...told, replaced: replaced as number };
  },
  'label-open': ({ input }, output) => ({
    queue: (input as LabelOpenInput).queue.id,
    tasks: (output as LabelOpenOutput).tasks.length,
    warnings: (input as LabelOpenInput).warnings ?? [],
  }),
  'label-apply': ({ input }) => {
    const { queue, labels, undecided } = input as LabelApplyInput;
    return { queue: queue.id, dataset: queue.dataset, rows: labels.length, undecided };
  },
};
