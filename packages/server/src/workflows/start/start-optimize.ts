import { fail, type ReadOptions } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { Database, ModelVersion, Stores } from '../../metadata/index.ts';
import type { Preference } from '../../stages/optimize/index.ts';
import { refuseGraph } from '../graph/graph-versions.ts';
import type { CandidateInput, OptimizationData, OptimizeModelInput, OptimizeModelOutput } from '../model.ts';

export type DataAsk =
  | { uploadId: string; read?: ReadOptions | undefined }
  | { dataset: string; version?: number | undefined };

export type OptimizeAsk = {
  model: string;
  version: number | undefined;
  maxLoss: number;
  prefer: Preference;
  on: DataAsk | undefined;
  calibration: DataAsk | undefined;
  target: string | undefined;
  unverified: boolean;
  by: string;
  requestId: string;
};

/**
 * Queues the search for a lighter form of a version. Throws `model.missing`, `model.version-missing`, `optimize.unfit` for forecasts,
 * `upload.missing`, `dataset.missing` and `dataset.version-missing`.
 */
export async function startOptimize(database: Database, ask: OptimizeAsk): Promise<Job> {
  return database.transaction(async (stores) => {
    const model = await stores.models.get(ask.model);
    const from = await stores.models.version(ask.model, ask.version);
    if (model.task === 'forecast')
      throw fail(
        'optimize.unfit',
        { reason: 'it is a forecast, which looks its answers up' },
        { path: 'name' },
      );
    refuseGraph(from, 'is not optimized itself');
    const { maxLoss, prefer, unverified } = ask;
    const input: OptimizeModelInput = {
      model: model.name,
      version: from.version,
      bundleId: from.bundleId,
      maxLoss,
      prefer,
      unverified,
      on: await dataOf(stores, ask.on),
      calibration: await dataOf(stores, ask.calibration),
      target: ask.target ?? null,
      trained: await trainingOf(stores, from),
      by: ask.by,
    };
    await stores.audit.append({
      who: ask.by,
      what: 'models.optimize',
      subject: model.name,
      requestId: ask.requestId,
      details: { version: from.version, maxLoss },
    });
    return stores.jobs.enqueue('optimize-model', input);
  });
}

async function dataOf(stores: Stores, ask: DataAsk | undefined): Promise<OptimizationData | null> {
  if (ask === undefined) return null;
  if ('uploadId' in ask) {
    const { sha256, filename, bytes } = await stores.uploads.get(ask.uploadId);
    return { file: { sha256, filename, bytes }, ...(ask.read && { read: ask.read }) };
  }
  const { dataset, version, manifest } = await stores.datasets.version(ask.dataset, ask.version);
  return { dataset, version, manifest };
}

/** How the version was trained, which says what rows were held out; null when that is not known any more. */
async function trainingOf(stores: Stores, { runId }: ModelVersion): Promise<CandidateInput | null> {
  const run = runId === null ? undefined : await stores.runs.find(runId);
  if (run?.pipelineRunId == null) return null;
  const [job] = await stores.jobs.list({
    pipelineRunId: run.pipelineRunId,
    kind: 'candidate',
    state: 'done',
  });
  return (job?.input as CandidateInput | undefined) ?? null;
}

/** What follows when something lighter was found, in the transaction that completes the job: the next version, with its validation report. */
export async function afterOptimize(
  stores: Stores,
  { model, version, by }: OptimizeModelInput,
  { bundleId, bytes, learner, metrics, judgedBy, table, says, validation }: OptimizeModelOutput,
): Promise<void> {
  if (bundleId === null) return;
  const from = await stores.models.version(model, version);
  const chosen = table.find(({ outcome }) => outcome === 'chosen');
  const made = await stores.models.addVersion(model, {
    bundleId,
    bytes,
    runId: from.runId,
    datasetVersion: from.datasetVersion,
    learner,
    metrics,
    primaryMetric: from.primaryMetric,
    gates: [
      {
        id: 'quality-limit',
        passed: true,
        observed: chosen?.quality ?? null,
        threshold: judgedBy.worst,
        says,
      },
    ],
  });
  if (validation !== null)
    await stores.models.addValidation({ model, version: made.version, by, ...validation });
}
