import { fail, type trainRequestSchema } from '@slipway/contract';
import type { z } from 'zod';
import { readGoal } from '../journey/train/index.ts';
import type { Database, DatasetVersion, Stores } from '../ledger/index.ts';
import type { Journey } from '../work/index.ts';
import { refuseMetric } from './judged-by.ts';
import type { JourneyRequest, StageNews } from './model.ts';
import { endpointName } from './names.ts';
import { queueCandidate } from './queue-candidate.ts';
import { refuseTarget } from './refuse-target.ts';
import { begin, noteBeginning, refuseForeignName } from './start-journey.ts';

type TrainWish = z.output<typeof trainRequestSchema>;
export type TrainAsk = { train: TrainWish; by: string; requestId: string };

/**
 * Starts a journey that ends with a registered model version. Of an uploaded file it begins by taking it in, of a dataset
 * that is there already by training at once.
 *
 * Throws `upload.missing`, `dataset.missing`, `operation.not-yet` for forecasts, `endpoint.exists` when the name predicts
 * something else, `journey.running`, `metric.unfit`, `train.*` and, of a dataset, `target.*`.
 */
export async function startTrain(database: Database, ask: TrainAsk): Promise<Journey> {
  const { uploadId, ...train } = ask.train;
  const { task } = train;
  if (task === 'forecast') throw fail('operation.not-yet', { what: 'Forecasting' }, { path: 'task' });
  refuseMetric(train.metric, task);
  readGoal(train, task);
  return database.transaction((stores) =>
    uploadId === undefined ? ofDataset(stores, ask, train) : ofFile(stores, ask, train, uploadId),
  );
}

type Told = Omit<TrainWish, 'uploadId'>;

async function ofFile(stores: Stores, ask: TrainAsk, train: Told, uploadId: string): Promise<Journey> {
  const { sha256, filename } = await stores.uploads.get(uploadId);
  const file = { sha256, filename };
  const name = train.name ?? endpointName(filename);
  await refuseForeignName(stores, name, train.target);
  const request = { ...requestFor(ask, train, name), file };
  return begin(stores, { request, file, parent: null, requestId: ask.requestId });
}

async function ofDataset(stores: Stores, ask: TrainAsk, train: Told): Promise<Journey> {
  const wanted = train.dataset!;
  const number = wanted.version === 'latest' ? undefined : wanted.version;
  const version = await stores.datasets.version(wanted.name, number);
  const name = train.name ?? wanted.name;
  await refuseForeignName(stores, name, train.target);
  const request = requestFor(ask, train, name);
  refuseTarget(version, request);
  const journey = await stores.journeys.create({ name, kind: 'train', request });
  await stores.journeys.beginStage(journey.id, 'ingest');
  await stores.journeys.endStage(journey.id, 'ingest', 'skipped', knownNews(version));
  await queueCandidate(stores, journey, version);
  await noteBeginning(stores, journey, request, ask.requestId);
  return stores.journeys.get(journey.id);
}

function requestFor({ by }: TrainAsk, train: Told, name: string): Extract<JourneyRequest, { kind: 'train' }> {
  const { target, budgetSeconds, seed } = train;
  return { kind: 'train', name, target, file: null, budgetSeconds, seed, by, ship: train };
}

function knownNews({ dataset, version, manifest }: DatasetVersion): StageNews {
  return {
    stage: 'ingest',
    state: 'skipped',
    says: `Version ${version} of ${dataset} is there already: ${manifest.rows.toLocaleString('en')} rows.`,
    progress: null,
    seconds: null,
    facts: { dataset, version, rows: manifest.rows },
  };
}
