import type { FailureData } from '@slipway/contract';
import type { DatasetManifest, TableProfile } from '../stages/ingest/model.ts';
import type { Task } from '../stages/prepare/model.ts';

/** Every time below is UTC ISO 8601 with milliseconds. `unknown` fields are JSON, kept as they were given. */

/** A dataset: a name and its versions, numbered from 1 without gaps. */
export type Dataset = { name: string; latestVersion: number; createdAt: string };

/** One immutable version of a dataset. */
export type DatasetVersion = {
  dataset: string;
  version: number;
  /** SHA-256 of the manifest's canonical JSON; the same manifest is never two versions of one dataset. */
  manifestId: string;
  manifest: DatasetManifest;
  profile: TableProfile;
  createdAt: string;
};

export type NewDatasetVersion = Pick<DatasetVersion, 'manifestId' | 'manifest' | 'profile'>;

/** A file that was sent and is not yet used; its bytes lie in the object store. */
export type Upload = {
  id: string;
  filename: string;
  sha256: string;
  bytes: number;
  createdAt: string;
  /** Id of the key that uploaded it; null where Slipway gathered the rows, or an earlier version did not record it. */
  owner: string | null;
};

export type NewUpload = Pick<Upload, 'filename' | 'sha256' | 'bytes' | 'owner'>;

/** `stopped`: ended early because it was not worth going on. */
export type RunState = 'running' | 'done' | 'stopped' | 'failed';

/** A metric followed over training: `values[i]` was measured at `steps[i]` (round, epoch or trial). */
export type Curve = { name: string; steps: number[]; values: number[] };

/** A run of training, or a trial of one (`parentRunId`). */
export type Run = {
  id: string;
  pipelineRunId: string | null;
  parentRunId: string | null;
  name: string;
  state: RunState;
  dataset: string;
  datasetVersion: number;
  target: string;
  task: Task;
  learner: string | null;
  params: Record<string, unknown>;
  /** Finite numbers by name. */
  metrics: Record<string, number>;
  curves: Curve[];
  /** Why a trial was made, and why it was stopped. */
  why: string | null;
  says: string | null;
  /** Cost: seconds of work (of a trial of all its fits), and rows learned from, each as often as it was. */
  seconds: number | null;
  rows: number | null;
  failure: FailureData | null;
  startedAt: string;
  endedAt: string | null;
};

export type NewRun = Pick<Run, 'name' | 'dataset' | 'datasetVersion' | 'target' | 'task'> &
  Partial<Omit<Run, 'startedAt'>>;

/** What may change of a run while it is not over, and what it ends with. */
export type RunChange = Partial<
  Pick<Run, 'name' | 'task' | 'learner' | 'params' | 'metrics' | 'curves' | 'says' | 'seconds' | 'rows'>
>;

export type RunFilter = {
  pipelineRunId?: string;
  dataset?: string;
  /** A run's trials; `null` for runs that are no trials. */
  parentRunId?: string | null;
  /** 100 unless told. */
  limit?: number;
};

/** What a model does; `tensor`: made elsewhere, and what its numbers mean is its callers' to know. */
export type ModelTask = Task | 'tensor';

/** A registered model: what it predicts, and its versions, numbered from 1 without gaps. */
export type Model = {
  name: string;
  task: ModelTask;
  target: string;
  /** What it was trained on; null for one that was made elsewhere. */
  dataset: string | null;
  latestVersion: number;
  createdAt: string;
};

export type NewModel = Pick<Model, 'name' | 'task' | 'target' | 'dataset'>;

export type ModelVersion = {
  model: string;
  version: number;
  /** The bundle's content address. */
  bundleId: string;
  runId: string | null;
  datasetVersion: number | null;
  /** `onnx` for one that was made elsewhere. */
  learner: string;
  metrics: Record<string, number>;
  /** Empty where nothing was measured. */
  primaryMetric: string;
  /** The verdict of validation. */
  gates: unknown;
  bytes: number;
  createdAt: string;
};

export type NewModelVersion = Omit<ModelVersion, 'model' | 'version' | 'createdAt'>;

/** What a version was measured to be on a dataset after it was made. */
export type ModelValidation = {
  id: string;
  model: string;
  version: number;
  dataset: string;
  datasetVersion: number;
  /** Who asked for it. */
  by: string;
  /** Outcomes of the gates that were asked for. */
  gates: unknown;
  says: string;
  /** A validation report of the one dataset. */
  report: unknown;
  createdAt: string;
};

export type NewModelValidation = Omit<ModelValidation, 'id' | 'createdAt'>;

/** A movable name for a version, such as `champion`. */
export type ModelAlias = { model: string; alias: string; version: number; movedAt: string };

/** Where an alias pointed before a move and where it points now. */
export type AliasMove = { from: number | null; to: number };

export type Endpoint = {
  name: string;
  model: string;
  target: string;
  task: ModelTask;
  /** The revision that takes traffic; null before the first. */
  currentRevision: number | null;
  policy: unknown;
  /** The monitoring schedule, a `MonitoringSettings` of the contract; null for the default. */
  monitoring: unknown;
  /** Since when it answers nobody; null while it does. */
  pausedAt: string | null;
  createdAt: string;
};

export type NewEndpoint = Pick<Endpoint, 'name' | 'model' | 'target' | 'task'> & { policy?: unknown };

/** What an endpoint served, or was told to serve; numbered from 1 without gaps, never changed. */
export type EndpointRevision = {
  endpoint: string;
  revision: number;
  modelVersion: number;
  bundleId: string;
  /** What is declared: an `EndpointSpec` of the contract; null of revisions from before there were any. */
  spec: unknown;
  reason: 'deploy' | 'promote' | 'rollback' | 'set';
  /** Who asked: the name of a key, or of the policy that did it by itself. */
  by: string;
  createdAt: string;
};

export type NewEndpointRevision = Pick<
  EndpointRevision,
  'modelVersion' | 'bundleId' | 'spec' | 'reason' | 'by'
>;

/** A version on its way to take an endpoint over. Of one endpoint at most one is open: `running` or `holding`. */
export type EndpointRollout = {
  id: string;
  endpoint: string;
  state: 'running' | 'holding' | 'done' | 'aborted';
  /** All there is to know of it: the deploy stage's to read. */
  document: unknown;
  createdAt: string;
  endedAt: string | null;
};

/** An endpoint's token as it is kept: never the secret, only its SHA-256 and a prefix to know it by. */
export type EndpointToken = {
  id: string;
  endpoint: string;
  name: string;
  prefix: string;
  hash: string;
  /** What its bearer is held to; null takes the data plane's own limits. */
  limits: TokenLimits | null;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

export type NewEndpointToken = Pick<EndpointToken, 'endpoint' | 'name' | 'prefix' | 'hash' | 'limits'>;

/** What is left out is as the data plane's own limits say; 0 is no limit. */
export type TokenLimits = { requestsPerSecond?: number | undefined; rowsPerDay?: number | undefined };

/** The truth about a prediction, told later. `value` is the class or the number, as text. */
export type Label = {
  endpoint: string;
  predictionId: string;
  value: string;
  /** When it happened, as the caller says; when it came in where the caller says nothing. */
  observedAt: string;
  /** When this value came in, by the control plane's clock. */
  arrivedAt: string;
  source: string;
};

export type NewLabel = { predictionId: string; value: string; observedAt?: string; source?: string };

/** How many predictions were labelled, and how many of them had another label before. */
export type LabelsPut = { labelled: number; replaced: number };

export type LabelFilter = {
  predictionIds?: readonly string[];
  /** Observed at or after. */
  since?: string;
  /** Observed before. */
  until?: string;
  /** Arrived at or after. */
  arrivedSince?: string;
  /** No limit unless told. */
  limit?: number;
};

/** A labelled prediction that is a row of a dataset version, and the label that the row has. */
export type LabelledRow = {
  predictionId: string;
  /** Index of the row in the version, and in those that follow it. */
  row: number;
  value: string;
};

/** A label that the dataset has not taken in. */
export type PendingLabel = Pick<Label, 'predictionId' | 'value' | 'arrivedAt'> & {
  /** The row that holds the prediction with another label; null where no row does. */
  row: number | null;
};

export type PendingFilter = {
  dataset: string;
  endpoint: string;
  /** The version that rows would be added to, and those that it was built on. */
  line: readonly number[];
  /** Arrived at or after; null for all. */
  since: string | null;
};

/** What a look at an endpoint found over a window. `kind` says which look (`drift`, `performance`, …). */
export type MonitorReport = {
  id: string;
  endpoint: string;
  kind: string;
  windowStart: string;
  windowEnd: string;
  /** Which model answered as which endpoint; null where it is not known. */
  deployment: string | null;
  report: unknown;
  createdAt: string;
};

export type NewMonitorReport = Omit<MonitorReport, 'id' | 'createdAt' | 'deployment'> & {
  deployment?: string | null;
};

export type ReportFilter = {
  kind?: string;
  deployment?: string;
  /** Reports whose window ended at or before this moment, UTC ISO 8601. */
  windowEndedBy?: string;
  /** 100 unless told. */
  limit?: number;
};

/** The last monitoring run of an endpoint. */
export type MonitoringRun = {
  endpoint: string;
  /** Null where the run could not be queued. */
  jobId: string | null;
  startedAt: string;
  endedAt: string | null;
  /** `idle`: nothing was answered or labelled since the report before. */
  outcome: 'running' | 'reported' | 'idle' | 'failed';
  /** Failed runs in a row, this one included. */
  failures: number;
};

export type AlertState = 'open' | 'resolved';
export type AlertSeverity = 'note' | 'warning' | 'critical';

/** Something a person should know; while it is open, `endpoint`, `key` and `version` name it uniquely. */
export type Alert = {
  id: string;
  endpoint: string;
  /** What makes two sightings one alert, such as `drift:age`. */
  key: string;
  /** The model version that it is about; null where it is about the endpoint. */
  version: number | null;
  state: AlertState;
  severity: AlertSeverity;
  message: string;
  evidence: unknown;
  /** How many times it was raised since it opened. */
  times: number;
  firstSeenAt: string;
  lastSeenAt: string;
  resolvedAt: string | null;
  /** Why it was closed; null while it is open, and of alerts that were closed before reasons were kept. */
  resolution: string | null;
};

export type NewAlert = Pick<Alert, 'endpoint' | 'key' | 'severity' | 'message' | 'evidence'> & {
  /** About the endpoint, whichever version answers, when left out. */
  version?: number | null;
};

/** Why an alert is closed, and of which version it is: of the endpoint itself when left out. */
export type Resolution = { version?: number | null; reason?: string };

/** Something that happened, to be told to others at least once, in order. */
export type OutboxEvent = {
  sequence: number;
  topic: string;
  subject: string;
  payload: unknown;
  createdAt: string;
};
