import { fail } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import type { DatasetVersion, Stores } from '../../metadata/index.ts';
import { warningsIn } from '../complete/warnings-in.ts';
import { GRAPH_LEARNER } from '../graph/graph-versions.ts';
import type { IngestInput, PipelineRunRequest, StageProgress, StoredFile } from '../model.ts';
import { queueCandidate } from '../pipeline-runs/queue-candidate.ts';
import { modelOf } from './names-of-request.ts';
import { refuseTarget } from './refuse-target.ts';

type Beginning = {
  request: PipelineRunRequest;
  file: StoredFile;
  parent: IngestInput['parent'];
  requestId: string | undefined;
};

/** A pipeline run whose first job takes a file in. */
export async function beginWithFile(
  stores: Stores,
  { request, file, parent, requestId }: Beginning,
): Promise<PipelineRun> {
  await refuseSameModel(stores, request);
  const pipelineRun = await stores.pipelineRuns.create({ name: request.name, kind: request.kind, request });
  await stores.pipelineRuns.beginStage(pipelineRun.id, 'ingest');
  const allowMissing = columnsNotSent(request, parent);
  const read = request.kind === 'retrain' ? request.read : request.ship.read;
  const input: IngestInput = {
    file,
    parent,
    dataset: parent?.dataset ?? request.name,
    ...(read && { read }),
    ...(allowMissing && { allowMissing }),
    ...labelledTraffic(request),
  };
  await stores.jobs.enqueue('ingest', input, { pipelineRunId: pipelineRun.id });
  await noteBeginning(stores, pipelineRun, request, requestId);
  return stores.pipelineRuns.get(pipelineRun.id);
}

function labelledTraffic(request: PipelineRunRequest): Pick<IngestInput, 'labelled'> {
  if (request.kind !== 'retrain' || request.labelled === undefined) return {};
  const { labelled, endpoint, target } = request;
  return { labelled: { ...labelled, endpoint, target } };
}

/** Callers need not send what the model leaves out, so labelled traffic may lack every column but the target. */
function columnsNotSent(request: PipelineRunRequest, parent: IngestInput['parent']): string[] | undefined {
  if (parent === null || request.kind !== 'retrain' || request.labelledUntil === undefined) return undefined;
  const names = parent.manifest.schema.columns.map(({ name }) => name);
  return names.filter((name) => name !== request.target);
}

/** A pipeline run on a dataset version that is there already: it begins by training. Throws what {@link refuseTarget} and {@link refuseForeignName} throw. */
export async function beginWithDataset(
  stores: Stores,
  request: Exclude<PipelineRunRequest, { kind: 'retrain' }>,
  version: DatasetVersion,
  requestId: string,
): Promise<PipelineRun> {
  refuseTarget(version, request);
  await refuseForeignName(stores, request);
  await refuseSameModel(stores, request);
  const pipelineRun = await stores.pipelineRuns.create({ name: request.name, kind: request.kind, request });
  await stores.pipelineRuns.beginStage(pipelineRun.id, 'ingest');
  await stores.pipelineRuns.endStage(pipelineRun.id, 'ingest', 'skipped', knownNews(version));
  await queueCandidate(stores, pipelineRun, version);
  await noteBeginning(stores, pipelineRun, request, requestId);
  return stores.pipelineRuns.get(pipelineRun.id);
}

/** A retraining on rows that were appended before: its stage ingest says so. */
export async function beginRetrainingOf(
  stores: Stores,
  request: Extract<PipelineRunRequest, { kind: 'retrain' }>,
  version: DatasetVersion,
  requestId: string,
): Promise<PipelineRun> {
  await refuseSameModel(stores, request);
  const pipelineRun = await stores.pipelineRuns.create({ name: request.name, kind: request.kind, request });
  await stores.pipelineRuns.beginStage(pipelineRun.id, 'ingest');
  await stores.pipelineRuns.endStage(pipelineRun.id, 'ingest', 'skipped', knownNews(version));
  await noteBeginning(stores, pipelineRun, request, requestId);
  return pipelineRun;
}

/** The version asked for. Throws `dataset.missing`, `dataset.version-missing`. */
export function datasetAsked(
  stores: Stores,
  { name, version }: { name: string; version: number | 'latest' },
): Promise<DatasetVersion> {
  return stores.datasets.version(name, version === 'latest' ? undefined : version);
}

const ASKED_BY = {
  ship: 'pipelineRuns.ship',
  train: 'pipelineRuns.train',
  retrain: 'endpoints.retrain',
} as const satisfies Record<PipelineRunRequest['kind'], string>;

async function noteBeginning(
  stores: Stores,
  pipelineRun: PipelineRun,
  request: PipelineRunRequest,
  requestId: string | undefined,
): Promise<void> {
  await stores.audit.append({
    who: request.by,
    what:
      request.kind === 'retrain' && request.accepts !== undefined
        ? 'pipelineRuns.accept'
        : ASKED_BY[request.kind],
    subject: request.name,
    ...(requestId === undefined ? {} : { requestId }),
    details: {
      pipelineRun: pipelineRun.id,
      target: request.target,
      ...(request.file === null ? {} : { file: request.file.sha256 }),
      ...(request.kind === 'retrain' && request.recent && { recent: request.recent }),
      ...(request.kind === 'retrain' && request.acceptShift && { acceptShift: true }),
      ...(request.kind === 'retrain' &&
        request.accepts && { accepts: request.accepts, reason: request.reason }),
    },
  });
}

/**
 * Throws `model.other-target` when a model of the name predicts something else, and `endpoint.exists` when its versions are inference
 * graphs or the endpoint of the name serves another model.
 */
export async function refuseForeignName(
  stores: Stores,
  { kind, name, target }: Pick<Exclude<PipelineRunRequest, { kind: 'retrain' }>, 'kind' | 'name' | 'target'>,
): Promise<void> {
  const model = await stores.models.find(name);
  if (model !== undefined && model.target.toLowerCase() !== target.toLowerCase())
    throw fail('model.other-target', { name, predicts: model.target, target }, { path: 'target' });
  const there = kind === 'ship' ? await stores.endpoints.find(name) : undefined;
  if (there !== undefined && there.model !== name)
    throw fail('endpoint.exists', { name, serves: `serves the model ${there.model}` }, { path: 'name' });
  if (model === undefined || model.latestVersion === 0) return;
  const { learner } = await stores.models.version(name);
  if (learner === GRAPH_LEARNER)
    throw fail('endpoint.exists', { name, serves: 'answers by an inference graph' }, { path: 'name' });
}

const MOST_RUNNING = 1_000;

/** Two at once would be compared with the same version. Throws `pipeline-run.running` while another trains the model, for whatever endpoint. */
async function refuseSameModel(stores: Stores, request: PipelineRunRequest): Promise<void> {
  const model = modelOf(request);
  const running = await stores.pipelineRuns.list({ state: 'running', limit: MOST_RUNNING });
  const other = running.find((one) => modelOf(one.request as PipelineRunRequest) === model);
  if (other !== undefined)
    throw fail('pipeline-run.running', { name: model, id: other.id }, { path: 'name' });
}

function knownNews({ dataset, version, manifest, profile }: DatasetVersion): StageProgress {
  return {
    stage: 'ingest',
    state: 'skipped',
    says: `Version ${version} of ${dataset} is there already: ${manifest.rows.toLocaleString('en')} rows.`,
    progress: null,
    seconds: null,
    facts: {
      dataset,
      version,
      rows: manifest.rows,
      warnings: warningsIn(profile),
    },
  };
}
