import { fail, type shipRequestSchema } from '@slipway/contract';
import type { z } from 'zod';
import type { Database, Stores } from '../ledger/index.ts';
import type { Journey } from '../work/index.ts';
import { beginWithDataset, beginWithFile, datasetAsked, refuseForeignName } from './begin-journey.ts';
import { refuseMetric } from './judged-by.ts';
import type { JourneyRequest } from './model.ts';
import { endpointName } from './names.ts';
import { trainedOn } from './trained-on.ts';

export type ShipAsk = { ship: z.output<typeof shipRequestSchema>; by: string; requestId: string };

/**
 * Starts a journey from an uploaded table to an endpoint: the journey and its first job in one transaction.
 * Throws `upload.missing`, `operation.not-yet` for forecasts, `endpoint.exists` when the name serves something else,
 * `journey.running` while another of the name is under way.
 */
export async function startShip(database: Database, ask: ShipAsk): Promise<Journey> {
  const { uploadId, ...ship } = ask.ship;
  if (ship.task === 'forecast') throw fail('operation.not-yet', { what: 'Forecasting' }, { path: 'task' });
  refuseMetric(ship.metric, ship.task);
  return database.transaction(async (stores) => {
    const upload = await stores.uploads.get(uploadId);
    const name = ship.name ?? endpointName(upload.filename);
    await refuseForeignName(stores, name, ship.target);
    const { sha256, filename } = upload;
    const { target, budgetSeconds, seed } = ship;
    const request: JourneyRequest = {
      kind: 'ship',
      name,
      target,
      file: { sha256, filename },
      budgetSeconds,
      seed,
      by: ask.by,
      ship,
    };
    return begin(stores, { request, file: { sha256, filename }, parent: null, requestId: ask.requestId });
  });
}

export type RetrainAsk = {
  endpoint: string;
  uploadId: string;
  budgetSeconds: number;
  seed: number;
  by: string;
  reason: string;
  /** The uploaded rows are labelled traffic of the endpoint, all that was labelled up to this moment. */
  labelledUntil?: string;
  requestId?: string;
};

/**
 * Starts a journey that appends the uploaded rows to the endpoint's dataset and trains again.
 * Throws `endpoint.missing`, `upload.missing`, `journey.running`, `model.made-elsewhere`.
 */
export async function startRetrain(database: Database, ask: RetrainAsk): Promise<Journey> {
  return database.transaction(async (stores) => {
    const endpoint = await stores.endpoints.get(ask.endpoint);
    const { sha256, filename } = await stores.uploads.get(ask.uploadId);
    const model = await stores.models.get(endpoint.model);
    const dataset = trainedOn(model);
    const latest = await stores.datasets.version(dataset);
    const { budgetSeconds, seed, by, reason, labelledUntil } = ask;
    const request: JourneyRequest = {
      kind: 'retrain',
      name: endpoint.name,
      endpoint: endpoint.name,
      target: endpoint.target,
      file: { sha256, filename },
      budgetSeconds,
      seed,
      by,
      reason,
      ...(labelledUntil === undefined ? {} : { labelledUntil }),
    };
    const parent = { manifest: latest.manifest, manifestId: latest.manifestId, dataset: model.dataset };
    return begin(stores, { request, file: { sha256, filename }, parent, requestId: ask.requestId });
  });
}

type Beginning = {
  request: JourneyRequest;
  file: StoredFile;
  parent: IngestInput['parent'];
  requestId: string | undefined;
};

/** A journey whose first job takes a file in. */
export async function begin(
  stores: Stores,
  { request, file, parent, requestId }: Beginning,
): Promise<Journey> {
  const journey = await stores.journeys.create({ name: request.name, kind: request.kind, request });
  await stores.journeys.beginStage(journey.id, 'ingest');
  const input: IngestInput = { file, parent, dataset: parent?.dataset ?? request.name };
  await stores.jobs.enqueue('ingest', input, { journeyId: journey.id });
  await noteBeginning(stores, journey, request, requestId);
  return stores.journeys.get(journey.id);
}

const ASKED_BY = {
  ship: 'journeys.ship',
  train: 'journeys.train',
  retrain: 'endpoints.retrain',
} as const satisfies Record<JourneyRequest['kind'], string>;

export async function noteBeginning(
  stores: Stores,
  journey: Journey,
  request: JourneyRequest,
  requestId: string | undefined,
): Promise<void> {
  await stores.audit.append({
    who: request.by,
    what: ASKED_BY[request.kind],
    subject: request.name,
    ...(requestId === undefined ? {} : { requestId }),
    details: {
      journey: journey.id,
      target: request.target,
      ...(request.file === null ? {} : { file: request.file.sha256 }),
    },
  });
}

/** Throws `endpoint.exists` when a model of the name predicts something else. */
export async function refuseForeignName(stores: Stores, name: string, target: string): Promise<void> {
  const model = await stores.models.find(name);
  if (model !== undefined && model.target.toLowerCase() !== target.toLowerCase())
    throw fail('endpoint.exists', { name }, { path: 'name' });
}
