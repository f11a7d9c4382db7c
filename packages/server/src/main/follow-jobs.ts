import { type FailureData, failureData, isFailure, ownValue, type SlipwayError } from '@slipway/contract';
import type { JobPoolOptions } from '../adapters/job-processes/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, Stores } from '../ledger/index.ts';
import {
  addLabels,
  afterCandidate,
  afterFailedMonitor,
  afterImport,
  afterIngest,
  afterLabelApply,
  afterLabelOpen,
  afterMonitor,
  afterOptimize,
  afterValidation,
  type BundleReader,
  type CandidateInput,
  type CandidateOutput,
  callsForPolicy,
  deployCandidate,
  endFailedJob,
  followPolicy,
  type ImportModelInput,
  type ImportModelOutput,
  type IngestInput,
  type IngestOutput,
  type JobKind,
  type JourneyPorts,
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
  recordTrial,
  type StageNews,
  servingEndpoint,
  type TrialNews,
  takeNews,
  type ValidateModelInput,
  type ValidateModelOutput,
} from '../pipeline/index.ts';
import type { ClaimedJob, Job } from '../work/index.ts';

type Followed = Pick<JobPoolOptions, 'onProgress' | 'onDone' | 'onFailed' | 'onGivenUp'>;

export type FollowPorts = {
  database: Database;
  journeys: JourneyPorts;
  bundles: BundleReader;
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
      if (isTrialNews(progress))
        return database.transaction((stores) => recordTrial(stores, job.input as CandidateInput, progress));
      const lease = await database.stores.jobs.heartbeat(job.id, job.token, ports.leaseMs, progress);
      if (lease === 'held' && job.journeyId !== null)
        await takeNews(database.stores, job.journeyId, progress as StageNews);
    },
    onDone: async (job, output) => {
      try {
        await database.transaction(async (stores) => {
          await stores.jobs.complete(job.id, job.token, stored(job, output));
          await ownValue(INSIDE, job.kind)?.(stores, job, output, ports);
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

function isTrialNews(progress: unknown): progress is TrialNews {
  return typeof progress === 'object' && progress !== null && 'trial' in progress;
}

/** Whether what the job made cannot be taken, now or later. Anything else is tried again when the lease has run out. */
function isVerdict(error: unknown): error is SlipwayError {
  return isFailure(error) && error.kind !== 'unavailable' && error.code !== 'job.stale';
}

type Inside = (stores: Stores, job: ClaimedJob, output: unknown, ports: FollowPorts) => Promise<void>;

/** What is written in the transaction that completes the job. */
const INSIDE: Partial<Record<JobKind, Inside>> = {
  ingest: (stores, job, output) =>
    afterIngest(stores, job.journeyId, job.input as IngestInput, output as IngestOutput),
  candidate: async (stores, job, output) =>
    void (await afterCandidate(stores, job.input as CandidateInput, output as CandidateOutput)),
  'import-model': async (stores, job, output) =>
    void (await afterImport(stores, job.input as ImportModelInput, output as ImportModelOutput)),
  'optimize-model': (stores, job, output) =>
    afterOptimize(stores, job.input as OptimizeModelInput, output as OptimizeModelOutput),
  'validate-model': (stores, job, output) =>
    afterValidation(stores, job.input as ValidateModelInput, output as ValidateModelOutput),
  'labels-file': async (stores, job, output, ports) => {
    const { endpoint } = job.input as LabelsFileInput;
    const { revision } = await servingEndpoint(stores, endpoint);
    // The file was read as the dataset is, so its values are in the writing of JSON already.
    const { classes } = await ports.bundles.manifest(revision.bundleId);
    await addLabels(stores, endpoint, { classes }, (output as LabelsFileOutput).labels, 'file');
  },
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
  candidate: ({ journeys }, job) => deployCandidate(journeys, job.journeyId!),
  monitor: async ({ database, clock, wake }, job, output) => {
    const [input, found] = [job.input as MonitorInput, output as MonitorOutput];
    if (!(await callsForPolicy(database.stores, input, found))) return;
    await followPolicy(database, input, found, clock.now());
    wake();
  },
};

function stored(job: Job, output: unknown): unknown {
  return ownValue(KEPT_OF, job.kind)?.(job, output) ?? output;
}

/** What is kept of outputs whose content is written elsewhere. */
const KEPT_OF: Partial<Record<JobKind, (job: Job, output: unknown) => unknown>> = {
  'labels-file': (_, output) => {
    const { labels, unknown } = output as LabelsFileOutput;
    return { accepted: labels.length, unknown };
  },
  'label-open': ({ input }, output) => ({
    queue: (input as LabelOpenInput).queue.id,
    tasks: (output as LabelOpenOutput).tasks.length,
  }),
  'label-apply': ({ input }) => {
    const { queue, labels, undecided } = input as LabelApplyInput;
    return { queue: queue.id, dataset: queue.dataset, rows: labels.length, undecided };
  },
};
