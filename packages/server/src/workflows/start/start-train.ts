import { fail, type trainRequestSchema } from '@slipway/contract';
import type { z } from 'zod';
import type { PipelineRun } from '../../execution/index.ts';
import type { Database, Stores } from '../../metadata/index.ts';
import { parseSearchConfiguration } from '../../stages/train/index.ts';
import type { PipelineRunRequest } from '../model.ts';
import { settleValidation } from '../validation/settle-validation.ts';
import { beginWithDataset, beginWithFile, datasetAsked, refuseForeignName } from './begin-pipeline-run.ts';
import { refuseCosts } from './decision-costs.ts';
import { endpointName } from './names.ts';
import { refuseMetric, refuseThreshold } from './selection-metric.ts';

type TrainingOptions = z.output<typeof trainRequestSchema>;
export type TrainAsk = { train: TrainingOptions; by: string; requestId: string };

/**
 * Starts a pipeline run that ends with a registered model version. Of an uploaded file it begins by taking it in, of a dataset
 * that is there already by training at once.
 *
 * Throws `upload.missing`, `dataset.missing`, `operation.not-yet` for forecasts, `model.other-target` and `endpoint.exists` when the name predicts
 * something else, `pipeline-run.running`, `metric.unfit`, `costs.unfit`, `threshold.unfit`, `train.*`, what {@link settleValidation} throws and, of a dataset, `target.*`.
 */
export async function startTrain(database: Database, ask: TrainAsk): Promise<PipelineRun> {
  const { uploadId, ...train } = ask.train;
  const { task } = train;
  if (task === 'forecast') throw fail('operation.not-yet', { what: 'Forecasting' }, { path: 'task' });
  refuseMetric(train.metric, task);
  refuseCosts(train.costs, task);
  refuseThreshold(train.threshold, task);
  parseSearchConfiguration(train, task);
  return database.transaction(async (stores) => {
    await settleValidation(stores, train, { target: train.target, task });
    return uploadId === undefined ? ofDataset(stores, ask, train) : ofFile(stores, ask, train, uploadId);
  });
}

type Told = Omit<TrainingOptions, 'uploadId'>;

async function ofFile(stores: Stores, ask: TrainAsk, train: Told, uploadId: string): Promise<PipelineRun> {
  const { sha256, filename } = await stores.uploads.get(uploadId);
  const file = { sha256, filename };
  const name = train.name ?? endpointName(filename);
  await refuseForeignName(stores, { kind: 'train', name, target: train.target });
  const request = { ...requestFor(ask, train, name), file };
  return beginWithFile(stores, { request, file, parent: null, requestId: ask.requestId });
}

async function ofDataset(stores: Stores, ask: TrainAsk, train: Told): Promise<PipelineRun> {
  const version = await datasetAsked(stores, train.dataset!);
  const name = train.name ?? version.dataset;
  return beginWithDataset(stores, requestFor(ask, train, name), version, ask.requestId);
}

function requestFor(
  { by }: TrainAsk,
  train: Told,
  name: string,
): Extract<PipelineRunRequest, { kind: 'train' }> {
  const { target, budgetSeconds, seed } = train;
  return { kind: 'train', name, target, file: null, budgetSeconds, seed, by, ship: train };
}
