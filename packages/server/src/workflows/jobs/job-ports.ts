import type { JobShelf } from '../../execution/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { ObjectStore } from '../../metadata/index.ts';
import type { IngestLimits, TableEngine } from '../../stages/ingest/index.ts';
import type { GraphRunner } from '../../stages/optimize/index.ts';
import type {
  BundleStore,
  ImportLimits,
  ModelProcesses,
  OnnxRuntime,
  Signer,
} from '../../stages/pack/index.ts';
import type { CallLogReader, PredictionLogReader } from '../../stages/serve/index.ts';
import type { OpenTrialPool, TrialJournal } from '../../stages/train/index.ts';
import type { JobKind, JobKinds, StageProgress, TrialProgress } from '../model.ts';

/**
 * Sends a request to the data plane and gives the whole answer. Rejects as `fetch` does: a TypeError whose cause is the system's error where
 * there is no connection, and the signal's reason when it is aborted.
 */
export type PostToDataPlane = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ ok: boolean; text: string }>;

/** What jobs ask of the world, wired in the job's own process. */
export type JobPorts = {
  tables: TableEngine;
  objects: ObjectStore;
  limits: IngestLimits;
  /** What the rows of one training may take; of more rows a sample is trained on. */
  trainingMemoryBytes: number;
  bundles: BundleStore;
  signer: Signer;
  runtime: OnnxRuntime;
  /** Where models that were made elsewhere are tried, and what they may cost. */
  models: { processes: ModelProcesses; limits: ImportLimits };
  /** Where the graphs that optimizing makes are run. */
  graphs: GraphRunner;
  openTrials: OpenTrialPool;
  /** Of this job: what its search did in a former life. */
  journal: TrialJournal;
  /** Aborts when somebody says that this job's search has tried enough. */
  enough: AbortSignal;
  /** Of this job: files that it finds again when it is taken up again. */
  shelf: JobShelf;
  predictions: PredictionLogReader;
  calls: CallLogReader;
  clock: Clock;
  /** Token by which the platform itself calls its endpoints; lives as long as the server. */
  platformToken: string;
  /** Where an endpoint answers on this machine. */
  predictUrl: (endpoint: string) => string;
  post: PostToDataPlane;
};

export type JobRun = {
  /** Tells how far the job is: news of a stage on a pipeline run, or of a trial of its search. */
  news: (news: StageProgress | TrialProgress) => void;
  signal: AbortSignal;
  /** The last that this job told in a former life, before its worker died; null the first time. */
  former: unknown;
};

export type JobHandler<Kind extends JobKind> = (
  input: JobKinds[Kind]['input'],
  ports: JobPorts,
  run: JobRun,
) => Promise<JobKinds[Kind]['output']>;

/** A handler for every kind of job: a missing one does not compile. */
export type JobHandlers = { [Kind in JobKind]: JobHandler<Kind> };
