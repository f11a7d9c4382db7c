import type {
  Alert as AlertView,
  BatchingMode,
  DatasetSummary,
  EndpointSummary,
  Gate,
  Job as JobView,
  ModelValidation as ModelValidationView,
  ModelVersion as ModelVersionView,
  Run as RunView,
  TensorSignature,
} from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type {
  Alert,
  DatasetVersion,
  Endpoint,
  EndpointRevision,
  ModelAlias,
  ModelValidation,
  ModelVersion,
  Run,
} from '../../metadata/index.ts';
import type { EndpointStats } from '../../stages/deploy/index.ts';
import {
  type AnyManifest,
  hasOpenRows,
  rowAnalysisOf,
  type TensorManifest,
  takesTensors,
} from '../../stages/pack/index.ts';
import { classValue } from '../../stages/prepare/index.ts';

/** Rows of the metadata store as the contract shows them. */

export function jobView(job: Job): JobView {
  const { id, kind, state, attempts, pipelineRunId, failure, createdAt, startedAt, endedAt } = job;
  const progress = (job.progress ?? null) as JobView['progress'];
  const output = kind === 'candidate' || kind === 'ingest' ? undefined : job.output;
  return {
    id,
    kind,
    state,
    attempts,
    pipelineRunId,
    progress,
    output: output ?? null,
    failure,
    createdAt,
    startedAt,
    endedAt,
  };
}

export function runView(run: Run): RunView {
  const {
    id,
    pipelineRunId,
    name,
    state,
    dataset,
    datasetVersion,
    target,
    task,
    learner,
    params,
    metrics,
    why,
    says,
    seconds,
    rows,
    startedAt,
    endedAt,
  } = run;
  const took = seconds ?? (endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return {
    id,
    parentId: run.parentRunId,
    pipelineRunId,
    name,
    state: isCancelled(run) ? 'cancelled' : state,
    dataset,
    datasetVersion,
    target,
    task,
    learner,
    params,
    metrics,
    why,
    says,
    seconds: took,
    rows,
    startedAt,
    endedAt,
  };
}

/** A run that a person ended is recorded as failed, for that reason. */
function isCancelled({ state, failure }: Run): boolean {
  return state === 'failed' && failure?.code === 'job.cancelled';
}

export function versionSummary(
  version: DatasetVersion,
  before: DatasetVersion | undefined,
): DatasetSummary['latest'] {
  const { manifest } = version;
  const known = new Set(before?.manifest.segments.map((segment) => segment.sha256));
  return {
    version: version.version,
    manifest: version.manifestId,
    rows: manifest.rows,
    columns: manifest.schema.columns.length,
    bytes: manifest.bytes,
    addedBytes: segmentsOf(manifest)
      .filter((segment) => !known.has(segment.sha256))
      .reduce((sum, segment) => sum + segment.bytes, 0),
    source: manifest.lineage.source,
    createdAt: version.createdAt,
  };
}

/** What a version may have added to the store: a rollback holds the segments of an earlier version. */
function segmentsOf({ lineage, segments }: DatasetVersion['manifest']) {
  return lineage.format === 'rollback' ? [] : segments;
}

export function modelVersionView(
  version: ModelVersion,
  aliases: readonly ModelAlias[],
  dataset: string | null,
): ModelVersionView {
  return {
    version: version.version,
    aliases: aliases.filter((alias) => alias.version === version.version).map((alias) => alias.alias),
    bundleId: version.bundleId,
    runId: version.runId ?? '',
    dataset,
    datasetVersion: version.datasetVersion,
    learner: version.learner,
    metrics: version.metrics,
    primaryMetric: version.primaryMetric,
    gates: version.gates as Gate[],
    bytes: version.bytes,
    createdAt: version.createdAt,
  };
}

export function modelValidationView(validation: ModelValidation): ModelValidationView {
  const { model: _, gates, ...told } = validation;
  const results = gates as Gate[];
  const passed = results.length === 0 ? null : results.every((gate) => gate.passed);
  return { ...told, gates: results, passed };
}

/** What a model takes and gives, when that is tensors. */
export function tensorsOf(manifest: AnyManifest): TensorSignature | null {
  if (!takesTensors(manifest)) return null;
  const rows = rowAnalysisOf(manifest);
  const rowIndependence = { proven: rows.independent, reason: rows.independent ? null : rows.reason };
  const { inputs, outputs, adapted = [], graph } = manifest;
  return { inputs, outputs, rowIndependence, adapted, answers: answersOf(manifest), leftOut: graph.leftOut };
}

function answersOf(manifest: TensorManifest): TensorSignature['answers'] {
  const { classes, label = null, scores = null, classType = 'string', decided = [] } = manifest;
  return {
    value: label,
    probabilities: scores,
    classes: classes.map((name) => classValue(classType, name)),
    decided,
  };
}

/** Whether requests share runs, and why; null for a model of columns, whose rows are predicted one by one. */
export function batchingView(mode: BatchingMode, manifest: AnyManifest): EndpointSummary['batching'] {
  if (!takesTensors(manifest)) return null;
  const rows = rowAnalysisOf(manifest);
  const proven = rows.independent;
  const hasRows = hasOpenRows([...manifest.inputs, ...manifest.outputs]);
  const shared = mode !== 'off' && hasRows && (mode === 'on' || proven);
  return { mode, shared, proven, says: batchingText(mode, shared, proven ? undefined : rows.reason) };
}

function batchingText(mode: BatchingMode, shared: boolean, reason: string | undefined): string {
  if (mode === 'off') return 'Each request runs alone, as `batching: off` says.';
  if (reason === undefined)
    return 'Requests share runs: the graph proves that rows do not depend on each other.';
  if (shared)
    return `Requests share runs because of \`batching: on\`, and one may change the results of another: rows are not proven independent (${reason}).`;
  const advice = mode === 'auto' ? ' Set `batching: on` if you know that they are.' : '';
  return `Each request runs alone: rows are not proven independent (${reason}).${advice}`;
}

export function endpointSummary(
  endpoint: Endpoint,
  revision: EndpointRevision,
  stats: EndpointStats | undefined,
  batching: EndpointSummary['batching'],
  addresses: { predict: string; infer: string },
): EndpointSummary {
  return {
    name: endpoint.name,
    state: endpoint.pausedAt !== null ? 'paused' : stats?.ready === true ? 'ready' : 'loading',
    model: endpoint.model,
    version: revision.modelVersion,
    revision: revision.revision,
    task: endpoint.task,
    target: endpoint.target,
    url: addresses.predict,
    inferUrl: addresses.infer,
    predictions: stats?.predictions ?? 0,
    workers: stats?.workers ?? null,
    batching,
    updatedAt: revision.createdAt,
  };
}

export function alertView(alert: Alert): AlertView {
  const { id, endpoint, severity, state, version, message, firstSeenAt, lastSeenAt, resolution } = alert;
  const seen = { firstSeen: firstSeenAt, lastSeen: lastSeenAt };
  return { id, endpoint, severity, state, version, says: message, ...seen, resolution };
}
