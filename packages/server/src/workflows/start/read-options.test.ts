import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATIONS, type ReadOptions } from '@slipway/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import { afterIngest } from '../complete/after-ingest.ts';
import { inspectInput } from './inspect-upload.ts';
import { startOptimize } from './start-optimize.ts';
import { startRetrain, startShip } from './start-pipeline-run.ts';
import { startTrain } from './start-train.ts';

const READ: ReadOptions = { delimiter: ';', dateOrder: 'dmy', types: { zip: 'string' } };

let scratch: string;
let database: Database;
let uploadId: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-read-'));
  database = await openNewPglite(join(scratch, 'database'));
  const upload = { sha256: 'a'.repeat(64), filename: 'rows.csv', bytes: 1, owner: null };
  uploadId = (await database.stores.uploads.add(upload)).id;
});
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true });
});

const asked = { by: 'anna', requestId: 'r' };

/** What the pipeline run keeps of its request, and what its first job is given. */
async function begun({ id }: { id: string }) {
  const [job] = await database.stores.jobs.list({ pipelineRunId: id });
  const { request } = await database.stores.pipelineRuns.get(id);
  return { kept: request, given: job!.input };
}

it('a pipeline run keeps how its file is to be read, so that it does the same when it is resumed', async () => {
  const ship = OPERATIONS['pipelineRuns.ship'].body.parse({ uploadId, target: 'y', name: 'a', read: READ });
  const { kept, given } = await begun(await startShip(database, { ship, ...asked }));
  expect(kept).toMatchObject({ kind: 'ship', ship: { read: READ } });
  expect(given).toMatchObject({ read: READ });
});

it('a training keeps how its file is to be read', async () => {
  const train = OPERATIONS['pipelineRuns.train'].body.parse({ uploadId, target: 'y', name: 'b', read: READ });
  const { kept, given } = await begun(await startTrain(database, { train, ...asked }));
  expect(kept).toMatchObject({ kind: 'train', ship: { read: READ } });
  expect(given).toMatchObject({ read: READ });
});

it('without options nothing is said about the file', async () => {
  const ship = OPERATIONS['pipelineRuns.ship'].body.parse({ uploadId, target: 'y', name: 'c' });
  const { given } = await begun(await startShip(database, { ship, ...asked }));
  expect(given).not.toHaveProperty('read');
});

it('a retraining keeps how its file is to be read', async () => {
  await trainedEndpoint('served');
  const ask = { endpoint: 'served', uploadId, budgetSeconds: 5, seed: 1, reason: 'asked', read: READ };
  const { kept, given } = await begun(await startRetrain(database, { ...ask, ...asked }));
  expect(kept).toMatchObject({ kind: 'retrain', read: READ });
  expect(given).toMatchObject({ read: READ, dataset: 'served' });
});

it('rows for an optimization and files that are inspected are read as told', async () => {
  await trainedEndpoint('other');
  const wish = { maxLoss: 0, prefer: 'size', target: undefined, unverified: false } as const;
  const job = await startOptimize(database, {
    model: 'other',
    version: undefined,
    on: { uploadId, read: READ },
    calibration: undefined,
    ...wish,
    ...asked,
  });
  expect(job.input).toMatchObject({ on: { read: READ } });
  const input = await inspectInput(database.stores, { uploadId, limit: 3, dataset: 'other', read: READ });
  expect(input).toMatchObject({ read: READ, limit: 3, purpose: { kind: 'append', dataset: 'other' } });
});

/** A dataset, a model of it and an endpoint, all of one name. */
async function trainedEndpoint(name: string): Promise<void> {
  const manifest = {
    parent: null,
    rows: 1,
    bytes: 1,
    segments: [],
    schema: { columns: [] },
    lineage: { format: 'csv' },
  } as unknown as DatasetManifest;
  const file = { sha256: 'a'.repeat(64), filename: 'rows.csv' };
  await database.transaction(async (stores) => {
    const profile = { columns: [] } as never;
    const output = { manifest, manifestId: name.padEnd(64, '0'), profile, seconds: 0 };
    await afterIngest(stores, null, { file, dataset: name, parent: null }, output);
    await stores.models.ensure({ name, task: 'binary', target: 'y', dataset: name });
    await stores.models.addVersion(name, {
      bundleId: 'b'.repeat(64),
      runId: null,
      datasetVersion: 1,
      learner: 'trees',
      metrics: {},
      primaryMetric: 'log-loss',
      gates: [],
      bytes: 1,
    });
    await stores.endpoints.create({ name, model: name, task: 'binary', target: 'y' });
  });
}
