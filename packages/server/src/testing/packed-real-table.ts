import { join } from 'node:path';
import { createDuckdbTables } from '../adapters/duckdb/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { systemClock } from '../kernel/index.ts';
import { ingestFile, readTable, type Table, takeRows } from '../stages/ingest/index.ts';
import { columnImportance, type Optimization, optimizeModel } from '../stages/optimize/index.ts';
import type { PackRequest } from '../stages/pack/index.ts';
import {
  encodeFeatures,
  encodeTarget,
  fitPreparation,
  resolveTarget,
  splitHoldout,
  type TargetVector,
} from '../stages/prepare/index.ts';
import {
  type AdditiveModel,
  inProcessTrials,
  predictAdditive,
  type TrainingData,
  textsOf,
  trainModel,
} from '../stages/train/index.ts';
import { heldOut } from './packing.builder.ts';

export type RealModel = {
  request: PackRequest;
  trained: AdditiveModel;
  optimization: Optimization;
  holdout: { table: Table; target: TargetVector };
};

type Csv = { file: string; fileName: string; target: string };

/** Takes a CSV through ingest and prepare for real, in `folder`. */
export async function realRows(csv: Csv, folder: string) {
  const ports = {
    tables: createDuckdbTables({
      scratchFolder: join(folder, 'scratch'),
      memoryLimitBytes: 512e6,
      threads: 1,
    }),
    objects: await openFileObjects(join(folder, 'objects')),
  };
  const { manifest } = await ingestFile({ file: csv.file, fileName: csv.fileName }, ports);
  const table = await readTable(manifest, ports);
  const { target, task } = resolveTarget(table, manifest.schema, csv.target, { dataset: csv.fileName });
  const split = splitHoldout(table, { target, task, seed: 1 });
  const preparation = fitPreparation(table, manifest.schema, { target, task, trainRows: split.train });
  const rowsOf = (rows: Int32Array) => ({
    features: encodeFeatures(preparation, table, rows),
    target: encodeTarget(preparation, table, rows),
  });
  return { table, task: task as TrainingData['task'], split, preparation, rowsOf };
}

/** Takes a CSV through ingest, prepare, train and optimize for real, in `folder`, and says how to pack what comes out. */
export async function realModel(csv: Csv, folder: string, budgetSeconds: number): Promise<RealModel> {
  const { table, task, split, preparation, rowsOf } = await realRows(csv, folder);
  const training = rowsOf(split.train);
  const data: TrainingData = {
    ...training,
    task,
    classes: preparation.classes.length,
    ...textsOf(preparation, takeRows(table, split.train)),
  };
  const trained = await trainModel(
    { data, budgetSeconds, seed: 1 },
    { openTrials: inProcessTrials(systemClock), clock: systemClock },
  );
  const complete = { ...preparation, features: [...preparation.features, ...trained.texts] };
  const completed = (rows: Int32Array) => ({
    ...rowsOf(rows),
    features: encodeFeatures(complete, table, rows),
  });
  const optimization = optimizeModel({
    task: data.task,
    model: trained.model,
    validation: completed(split.train),
  });
  const holdout = completed(split.holdout);
  const request: PackRequest = {
    preparation: complete,
    model: optimization.model,
    decision: trained.decision,
    training: takeRows(table, split.train),
    reference: encodeFeatures(complete, table, split.train.slice(0, 20)),
    holdout: { table: takeRows(table, split.holdout), features: holdout.features },
    heldOut: heldOut(
      split.holdout.length,
      complete.classes,
      predictAdditive(optimization.model, holdout.features),
    ),
    importance: columnImportance(complete, optimization.model),
    card: '# A model\n',
    learner: trained.label,
    metrics: {},
    primaryMetric: 'log-loss',
    lineage: { dataset: csv.fileName, datasetVersion: 1, manifest: '', run: 'run_1', seed: 1 },
    optimization: { table: optimization.table, chosen: optimization.chosen, says: optimization.says },
    createdAt: '2026-11-23T00:00:00.000Z',
  };
  return {
    request,
    trained: trained.model,
    optimization,
    holdout: { table: request.holdout.table, target: holdout.target },
  };
}
