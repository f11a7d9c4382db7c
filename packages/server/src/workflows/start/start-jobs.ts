import { fail, type PredictRequest, type ReadOptions } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import { type Clock, isoTime } from '../../kernel/index.ts';
import type {
  Endpoint,
  EndpointRevision,
  MonitorReport,
  ObjectStore,
  Stores,
  Upload,
} from '../../metadata/index.ts';
import { answersMost, deploymentId, type RolloutState, specOf } from '../../stages/deploy/index.ts';
import { WIDENING_DAYS, WINDOW_REPORT } from '../../stages/monitor/index.ts';
import { GRAPH_LEARNER } from '../graph/graph-versions.ts';
import { labelsToMeasureBy } from '../labels/label-object.ts';
import type {
  CandidateOutput,
  LabelsFileInput,
  MonitorInput,
  PredictFileInput,
  StoredFile,
} from '../model.ts';
import { keepRunBegun } from '../monitoring/monitoring-runs.ts';
import { labelsToGather } from '../retraining/labelled-traffic.ts';
import { trainedOn } from '../retraining/trained-on.ts';

/** The endpoint and the revision that takes traffic. Throws `endpoint.missing`, `endpoint.not-ready`. */
export async function servingEndpoint(
  stores: Stores,
  name: string,
): Promise<{ endpoint: Endpoint; revision: EndpointRevision }> {
  const endpoint = await stores.endpoints.get(name);
  const revision = await stores.endpoints.current(name);
  if (revision === undefined) throw fail('endpoint.not-ready', { name });
  return { endpoint, revision };
}

type PredictFileRequest = Pick<PredictRequest, 'horizon' | 'series'> & {
  endpoint: string;
  callerId: string;
  uploadId?: string | undefined;
  format: 'csv' | 'ndjson';
  explain: boolean;
  read?: ReadOptions | undefined;
};

/**
 * Queues the prediction of every row of an uploaded file, or of the next steps of a forecast.
 *
 * Throws `endpoint.missing`, `upload.missing`, and `request.invalid` unless there is exactly one of file and horizon, with the
 * options that belong to it.
 */
export async function startPredictFile(stores: Stores, ask: PredictFileRequest): Promise<Job> {
  const { endpoint: serving, revision } = await servingEndpoint(stores, ask.endpoint);
  const rowsIndependent = specOf(serving.model, revision).batching === 'on';
  const { endpoint, callerId, format, explain } = ask;
  const { read } = ask;
  const input: PredictFileInput = {
    ...(await whatToPredict(stores, ask)),
    endpoint,
    callerId,
    bundleId: revision.bundleId,
    format,
    explain,
    ...(read !== undefined && { read }),
    ...(rowsIndependent && { rowsIndependent }),
  };
  return stores.jobs.enqueue('predict-file', input);
}

/** Throws as {@link startPredictFile}. */
async function whatToPredict(
  stores: Stores,
  { uploadId, horizon, series, explain, read }: PredictFileRequest,
): Promise<{ file: StoredFile } | { ahead: Pick<PredictRequest, 'horizon' | 'series'> }> {
  const refuse = (path: string, reason: string) => fail('request.invalid', { reason }, { path });
  if (uploadId !== undefined) {
    if (horizon !== undefined) throw refuse('horizon', 'give either uploadId or horizon');
    if (series !== undefined) throw refuse('series', 'series belongs to horizon');
    return { file: storedFile(await stores.uploads.get(uploadId)) };
  }
  if (horizon === undefined) throw refuse('uploadId', 'give uploadId, or horizon for a forecast');
  if (explain) throw refuse('explain', 'forecasts are not explained');
  if (read !== undefined) throw refuse('read', 'read belongs to uploadId');
  return { ahead: { horizon, ...(series && { series }) } };
}

export async function startLabelsFile(
  stores: Stores,
  ask: { endpoint: string; callerId: string; uploadId: string; read?: ReadOptions | undefined; now: number },
): Promise<Job> {
  const { endpoint, revision } = await servingEndpoint(stores, ask.endpoint);
  const input: LabelsFileInput = {
    file: storedFile(await stores.uploads.get(ask.uploadId)),
    endpoint: endpoint.name,
    callerId: ask.callerId,
    target: endpoint.target,
    bundleId: revision.bundleId,
    asOf: ask.now,
    ...(ask.read !== undefined && { read: ask.read }),
  };
  return stores.jobs.enqueue('labels-file', input);
}

/**
 * Queues monitoring of a window of traffic; without a window of the last day, or more when that is thin. Throws
 * `endpoint.missing`, `endpoint.not-ready`, and `model.made-elsewhere` for a model without a reference.
 */
export async function startMonitor(
  ports: { stores: Stores; objects: ObjectStore; clock: Clock },
  ask: {
    endpoint: string;
    window: { from: number; to: number } | null;
    labelDays?: number | undefined;
    isScheduled?: boolean;
  },
): Promise<Job> {
  const { stores, clock } = ports;
  const { endpoint, revision: current } = await servingEndpoint(stores, ask.endpoint);
  const revision = (await comingVersion(stores, endpoint.name)) ?? current;
  await refuseWithoutReference(stores, endpoint.model, revision.modelVersion);
  const now = clock.now();
  const until = isoTime(now);
  const deployment = deploymentId(endpoint, revision.bundleId);
  const lastEnd = await lastWindowEnd(stores, endpoint.name, deployment);
  const input: MonitorInput = {
    endpoint: endpoint.name,
    model: endpoint.model,
    modelVersion: revision.modelVersion,
    bundleId: revision.bundleId,
    deployment,
    window: ask.window,
    isScheduled: ask.isScheduled ?? false,
    lastEnd,
    hasNewLabels: await hasLabelsSince(stores, endpoint.name, lastEnd),
    labels: await labelsToMeasureBy(ports, endpoint.name, ask.window),
    ...(ask.labelDays !== undefined && { labelDays: ask.labelDays }),
    validation: await validationOf(stores, endpoint.model, revision.modelVersion),
    recentReports:
      ask.window === null ? await earlierReports(stores, endpoint.name, { deployment, now }) : [],
    openAlerts: await stores.alerts.list({ endpoint: endpoint.name, state: 'open', limit: 1000 }),
    gather: ask.window === null ? await labelsToGather(ports, endpoint, until) : null,
  };
  const job = await stores.jobs.enqueue('monitor', input);
  if (ask.window === null) await keepRunBegun(stores, { endpoint: endpoint.name, jobId: job.id, now });
  return job;
}

/** One that was made elsewhere has no profile to compare with; a graph has those of its models. */
async function refuseWithoutReference({ models }: Stores, model: string, version: number): Promise<void> {
  const { learner } = await models.version(model, version);
  if (learner !== GRAPH_LEARNER) trainedOn(await models.get(model));
}

/** Throws `model.made-elsewhere` where what answers at the endpoint has no reference to compare its traffic with. */
export async function refuseUnmonitored(stores: Stores, { name, model }: Endpoint): Promise<void> {
  const { revision } = await servingEndpoint(stores, name);
  await refuseWithoutReference(stores, model, revision.modelVersion);
}

/** When the window of the version's last report ended. */
async function lastWindowEnd(
  { reports }: Stores,
  endpoint: string,
  deployment: string,
): Promise<MonitorInput['lastEnd']> {
  const [last] = await reports.list(endpoint, { kind: WINDOW_REPORT, deployment, limit: 1 });
  return last === undefined ? null : Date.parse(last.windowEnd);
}

/** Whether labels came in since then; so it is where there is no report yet. */
async function hasLabelsSince({ labels }: Stores, endpoint: string, since: number | null): Promise<boolean> {
  return since === null || (await labels.count(endpoint, { arrivedSince: isoTime(since) })) > 0;
}

const DAY_MS = 86_400_000;

/** The report of the window before the one that the run may take, for each width of it. */
async function earlierReports(
  { reports }: Stores,
  endpoint: string,
  { deployment, now }: { deployment: string; now: number },
): Promise<MonitorReport[]> {
  const found = new Map<string, MonitorReport>();
  for (const days of WIDENING_DAYS) {
    const windowEndedBy = isoTime(now - days * DAY_MS);
    const of = { kind: WINDOW_REPORT, deployment, windowEndedBy, limit: 1 };
    for (const report of await reports.list(endpoint, of)) found.set(report.id, report);
  }
  return [...found.values()];
}

/** The version on its way, once most requests are its own: alerts about it end the rollout. */
async function comingVersion(
  stores: Stores,
  endpoint: string,
): Promise<Pick<EndpointRevision, 'modelVersion' | 'bundleId'> | undefined> {
  const rollout = (await stores.rollouts.current(endpoint))?.document as RolloutState | undefined;
  return rollout !== undefined && answersMost(rollout)
    ? { modelVersion: rollout.version, bundleId: rollout.bundleId }
    : undefined;
}

/** The validation report behind a model version, out of the pipeline run that made it. */
export async function validationOf(stores: Stores, model: string, version: number): Promise<unknown> {
  const { runId } = await stores.models.version(model, version);
  const run = runId === null ? undefined : await stores.runs.find(runId);
  if (run?.pipelineRunId == null) return null;
  const [job] = await stores.jobs.list({
    pipelineRunId: run.pipelineRunId,
    kind: 'candidate',
    state: 'done',
  });
  return (job?.output as CandidateOutput | undefined)?.report ?? null;
}

function storedFile({ sha256, filename }: Upload): { sha256: string; filename: string } {
  return { sha256, filename };
}
