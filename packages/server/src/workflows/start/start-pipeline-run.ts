import { fail, type ReadOptions, type Recency, type shipRequestSchema } from '@slipway/contract';
import type { z } from 'zod';
import type { PipelineRun } from '../../execution/index.ts';
import type { Database, Endpoint, Stores } from '../../metadata/index.ts';
import { championFor } from '../deploy/champion-for.ts';
import type { LabelledTraffic, PipelineRunRequest, ValidationAsk } from '../model.ts';
import { trainingOf } from '../pipeline-runs/queue-candidate.ts';
import { policyOf } from '../retraining/policy.ts';
import { trainedOn } from '../retraining/trained-on.ts';
import { askedValidation } from '../validation/asked-validation.ts';
import { COMPARISON_SETS, settleValidation } from '../validation/settle-validation.ts';
import { beginWithDataset, beginWithFile, datasetAsked, refuseForeignName } from './begin-pipeline-run.ts';
import { refuseCosts } from './decision-costs.ts';
import { forecastOptionsOf } from './forecast-options.ts';
import { endpointName } from './names.ts';
import { refuseColumns } from './refuse-target.ts';
import { refuseMetric, refuseThreshold } from './selection-metric.ts';

export type ShipAsk = { ship: z.output<typeof shipRequestSchema>; by: string; requestId: string };

/**
 * Starts a pipeline run to an endpoint, from an uploaded table or a dataset that is there already: the pipeline run and its first
 * job in one transaction. Throws `upload.missing`, `dataset.missing`, `forecast.time-needed`,
 * `model.other-target` and `endpoint.exists` when the name predicts something else, `pipeline-run.running` while another of the name is under way, what
 * {@link settleValidation} throws and, of a dataset, `target.*`.
 */
export async function startShip(database: Database, ask: ShipAsk): Promise<PipelineRun> {
  const { uploadId, ...ship } = ask.ship;
  const task = forecastOptionsOf(ship) === undefined ? ship.task : 'forecast';
  refuseMetric(ship.metric, ship.task);
  refuseCosts(ship.costs, ship.task);
  refuseThreshold(ship.threshold, ship.task);
  return database.transaction(async (stores) => {
    await settleValidation(stores, ship, { target: ship.target, task });
    return uploadId === undefined ? shipDataset(stores, ask, ship) : shipFile(stores, ask, ship, uploadId);
  });
}

type Told = Omit<ShipAsk['ship'], 'uploadId'>;

async function shipFile(stores: Stores, ask: ShipAsk, ship: Told, uploadId: string): Promise<PipelineRun> {
  const { sha256, filename } = await stores.uploads.get(uploadId);
  const file = { sha256, filename };
  const name = ship.name ?? endpointName(filename);
  await refuseForeignName(stores, { kind: 'ship', name, target: ship.target });
  const request = { ...requestFor(ask, ship, name), file };
  return beginWithFile(stores, { request, file, parent: null, requestId: ask.requestId });
}

async function shipDataset(stores: Stores, ask: ShipAsk, ship: Told): Promise<PipelineRun> {
  const version = await datasetAsked(stores, ship.dataset!);
  const name = ship.name ?? version.dataset;
  return beginWithDataset(stores, requestFor(ask, ship, name), version, ask.requestId);
}

function requestFor(
  { by }: ShipAsk,
  ship: Told,
  name: string,
): Extract<PipelineRunRequest, { kind: 'ship' }> {
  const { target, budgetSeconds, seed } = ship;
  return { kind: 'ship', name, target, file: null, budgetSeconds, seed, by, ship };
}

export type RetrainAsk = {
  endpoint: string;
  uploadId: string;
  budgetSeconds: number;
  seed: number;
  by: string;
  reason: string;
  /** What the user says about the file. */
  read?: ReadOptions | undefined;
  /** Whether the model is fitted again on all rows; as the champion was when left out. */
  refit?: boolean | undefined;
  /** Sets and gates; what is left out is as in the champion's training. */
  validation?: ValidationAsk;
  /** Which training rows are used: null for all, left out for what the endpoint's policy says. */
  recent?: Recency | null | undefined;
  /** A person says that the appended rows differ from the earlier ones on purpose; a policy never does. */
  acceptShift?: boolean;
  /** The uploaded rows are labelled traffic of the endpoint, all that was labelled up to this moment. */
  labelledUntil?: string;
  labelled?: LabelledTraffic;
  /** Columns to leave out, and to use despite evidence of leakage, beside those of the champion. */
  exclude?: string[] | undefined;
  allowLeakage?: string[] | undefined;
  requestId?: string;
};

/**
 * Starts a pipeline run that appends the uploaded rows to the endpoint's dataset and trains again.
 * Throws `endpoint.missing`, `upload.missing`, `pipeline-run.running`, `model.made-elsewhere`, `exclude.missing`,
 * `leakage.column-missing`, `recency.unfit` for forecasts, which learn from whole series, and what {@link settleValidation} throws.
 */
export async function startRetrain(database: Database, ask: RetrainAsk): Promise<PipelineRun> {
  return database.transaction(async (stores) => {
    const endpoint = await stores.endpoints.get(ask.endpoint);
    const { sha256, filename } = await stores.uploads.get(ask.uploadId);
    const model = await stores.models.get(endpoint.model);
    const dataset = trainedOn(model);
    const latest = await stores.datasets.version(dataset);
    const { budgetSeconds, seed, by, reason, read, refit, validation } = ask;
    const { labelledUntil, labelled } = ask;
    const { exclude = [], allowLeakage = [], acceptShift = false } = ask;
    const names = latest.manifest.schema.columns.map(({ name }) => name);
    refuseColumns({ exclude, allowLeakage }, { dataset, names });
    const recent = recencyOf(endpoint, ask, dataset);
    const request: PipelineRunRequest = {
      kind: 'retrain',
      name: endpoint.name,
      endpoint: endpoint.name,
      model: model.name,
      target: endpoint.target,
      file: { sha256, filename },
      budgetSeconds,
      seed,
      by,
      reason,
      ...(read && { read }),
      ...(refit === undefined ? {} : { refit }),
      ...(recent && { recent }),
      ...(acceptShift && { acceptShift }),
      ...(labelledUntil === undefined ? {} : { labelledUntil }),
      ...(labelled && { labelled }),
      ...(validation && { validation }),
      ...(exclude.length > 0 && { exclude }),
      ...(allowLeakage.length > 0 && { allowLeakage }),
    };
    await refuseValidation(stores, request);
    const parent = { manifest: latest.manifest, manifestId: latest.manifestId, dataset };
    return beginWithFile(stores, { request, file: { sha256, filename }, parent, requestId: ask.requestId });
  });
}

/** Throws what {@link settleValidation} throws, before any row is appended. */
async function refuseValidation(stores: Stores, request: PipelineRunRequest): Promise<void> {
  const champion = await championFor(stores, request);
  const trained = champion && (await trainingOf(stores, champion));
  const task = trained?.forecast === undefined ? (trained?.task ?? undefined) : 'forecast';
  await settleValidation(stores, askedValidation(request, trained), {
    target: request.target,
    task,
    further: COMPARISON_SETS,
  });
}

/** What this retraining asks for, or else what the endpoint's policy says. Throws `recency.unfit` for a forecast. */
function recencyOf(endpoint: Endpoint, { recent }: RetrainAsk, dataset: string): Recency | null {
  if (endpoint.task === 'forecast' && recent != null)
    throw fail('recency.unfit', { dataset, reason: 'forecasts learn from whole series' }, { path: 'recent' });
  if (endpoint.task === 'forecast') return null;
  return recent === undefined ? (policyOf(endpoint).recent ?? null) : recent;
}
