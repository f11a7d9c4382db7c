import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointSpecSchema } from '@slipway/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database, DatasetVersion } from '../../metadata/index.ts';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import type { CandidateInput } from '../model.ts';
import { queueCandidate } from './queue-candidate.ts';

const NAME = 'orders';

let scratch: string;
let database: Database;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-queue-'));
  database = await openNewPglite(join(scratch, 'database'));
});
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true });
});

const idOf = (letter: string) => letter.repeat(64);

/** A dataset version of so many rows, on top of another. */
async function version(letter: string, parent: string | null, rows: number): Promise<DatasetVersion> {
  const manifest = {
    ...{ parent: parent === null ? null : idOf(parent), rows, bytes: 1, segments: [] },
    ...{ schema: { columns: [] }, lineage: { format: 'csv' } },
  } as unknown as DatasetManifest;
  const { datasets } = database.stores;
  if (parent === null) await datasets.create(NAME);
  return datasets.addVersion(NAME, { manifestId: idOf(letter), manifest, profile: { columns: [] } as never });
}

/** What a retraining on a version is queued with. */
type Asked = { refit?: boolean; validation?: { validateOn: { name: string; version: 'latest' }[] } };

async function queued(of: DatasetVersion, more: Asked = {}): Promise<CandidateInput> {
  const { stores } = database;
  const request = {
    ...{ kind: 'retrain', name: NAME, endpoint: NAME, target: 'y', file: null, reason: 'asked' },
    ...{ budgetSeconds: 1, seed: 1, by: 'anna', ...more },
  };
  const pipelineRun = await stores.pipelineRuns.create({ name: NAME, kind: 'retrain', request });
  await queueCandidate(stores, pipelineRun, of);
  const [job] = await stores.jobs.list({ pipelineRunId: pipelineRun.id, kind: 'candidate' });
  await stores.pipelineRuns.end(pipelineRun.id, { state: 'done' });
  return job!.input as CandidateInput;
}

it('tells a candidate which rows its champion knew, and whether a person wants no refit', async () => {
  const { stores } = database;
  const [first, second] = [await version('a', null, 100), await version('b', 'a', 150)];
  const ship = { kind: 'ship', name: NAME, target: 'y', file: null, budgetSeconds: 1, seed: 1, by: 'anna' };
  const request = { ...ship, ship: { target: 'y', exclude: [], refit: false } };
  const { id } = await stores.pipelineRuns.create({ name: NAME, kind: 'ship', request });
  await stores.pipelineRuns.end(id, { state: 'done' });
  await stores.models.ensure({ name: NAME, task: 'regression', target: 'y', dataset: NAME });
  await stores.models.addVersion(NAME, {
    ...{ bundleId: idOf('f'), runId: null, datasetVersion: second.version, learner: 'linear' },
    ...{ metrics: {}, primaryMetric: 'r2', gates: [], bytes: 1 },
  });
  await stores.models.moveAlias(NAME, 'champion', 1);

  const after = await queued(await version('c', 'b', 180));
  expect(after.champion).toMatchObject({ version: 1, commonRows: 150 });
  // As the first training was asked for.
  expect(after.wish).toEqual({ refit: false });
  expect((await queued(second, { refit: true })).wish).toEqual({});
  // A version beside the champion's: both begin with the rows of the first.
  const beside = await queued(await version('d', 'a', 170), { refit: false });
  expect([first.version, beside.champion?.commonRows, beside.wish]).toEqual([1, 100, { refit: false }]);
});

/** The oldest job that nobody has claimed. */
const claimed = () => database.stores.jobs.claim({ instance: 'i', worker: 'w' }, ['candidate'], 60_000);

it('tells a retraining which of its sets are those of the training before, that its wish is, and how the target was read', async () => {
  const { stores } = database;
  const of = await stores.datasets.version(NAME);
  const manifest = { ...of.manifest, schema: { columns: [{ name: 'y' }] } } as unknown as DatasetManifest;
  await stores.datasets.create('later');
  const later = { manifestId: idOf('9'), manifest, profile: { columns: [] } as never };
  await stores.datasets.addVersion('later', later);
  const request = { kind: 'ship', name: NAME, target: 'y', ship: { target: 'y', exclude: [] } };
  const { id } = await stores.pipelineRuns.create({ name: NAME, kind: 'ship', request });
  const run = await stores.runs.create({
    ...{ name: NAME, pipelineRunId: id, dataset: NAME, datasetVersion: of.version, target: 'y' },
    ...{ task: 'regression', params: {} },
  });
  const set = { set: 'later', dataset: 'later', version: 1, isPinned: false, manifest };
  const input = { task: 'regression', timeColumn: null, exclude: [], validateOn: [set] };
  const own = await stores.jobs.enqueue('candidate', input, { pipelineRunId: id });
  const output = { task: 'binary', report: { classes: ['yes', 'no'] } };
  for (let job = await claimed(); job !== undefined; job = await claimed())
    if (job.id === own.id) await stores.jobs.complete(job.id, job.token, output);
  await stores.pipelineRuns.end(id, { state: 'done' });
  await stores.models.addVersion(NAME, {
    ...{ bundleId: idOf('8'), runId: run.id, datasetVersion: of.version, learner: 'linear' },
    ...{ metrics: {}, primaryMetric: 'r2', gates: [], bytes: 1 },
  });
  await stores.models.moveAlias(NAME, 'champion', 2);

  const inherited = await queued(of);
  expect(inherited).toMatchObject({ isRetraining: true, validateOn: [{ set: 'later', isInherited: true }] });
  expect(inherited.reading).toEqual({ version: 2, task: 'binary', classes: ['yes', 'no'] });
  const named = await queued(of, { validation: { validateOn: [{ name: 'later', version: 'latest' }] } });
  expect(named.validateOn).toMatchObject([{ set: 'later' }]);
  expect(named.validateOn![0]).not.toHaveProperty('isInherited');
});

it('trains the model of an endpoint that has another name, beside the version that answers there', async () => {
  const { stores } = database;
  const of = await stores.datasets.version(NAME);
  await stores.endpoints.create({ name: 'live', model: NAME, target: 'y', task: 'regression' });
  const spec = endpointSpecSchema.parse({ versions: { [`${NAME}@1`]: 100 } });
  const answering = { modelVersion: 1, bundleId: idOf('f'), spec, reason: 'promote', by: 'anna' } as const;
  await stores.endpoints.addRevision('live', answering);
  const request = {
    ...{ kind: 'retrain', name: 'live', endpoint: 'live', model: NAME, target: 'y', file: null },
    ...{ reason: 'asked', budgetSeconds: 1, seed: 1, by: 'anna' },
  };
  const pipelineRun = await stores.pipelineRuns.create({ name: 'live', kind: 'retrain', request });
  await queueCandidate(stores, pipelineRun, of);
  const [job] = await stores.jobs.list({ pipelineRunId: pipelineRun.id, kind: 'candidate' });
  // The champion of the model is version 2.
  expect(job!.input).toMatchObject({ modelName: NAME, version: 3, champion: { version: 1 } });
  await stores.pipelineRuns.end(pipelineRun.id, { state: 'done' });
});
