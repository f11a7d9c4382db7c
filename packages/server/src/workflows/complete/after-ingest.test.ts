import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import type { CandidateInput, IngestInput, IngestOutput } from '../model.ts';
import { afterIngest } from './after-ingest.ts';

let scratch: string;
let database: Database;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-ingest-'));
  database = await openNewPglite(join(scratch, 'database'));
});
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true });
});

const idOf = (letter: string) => letter.repeat(64);

function outputOf(letter: string, parent: string | null): IngestOutput {
  const manifest = {
    parent: parent === null ? null : idOf(parent),
    rows: 1,
    bytes: 1,
    segments: [],
    schema: { columns: [] },
    lineage: { format: 'csv' },
  } as unknown as DatasetManifest;
  return { manifest, manifestId: idOf(letter), profile: { columns: [] } as never, seconds: 0 };
}

function inputOf(dataset: string, parent: string | null): IngestInput {
  const file = { sha256: idOf('0'), filename: 'rows.csv' };
  if (parent === null) return { file, dataset, parent };
  const { manifest, manifestId } = outputOf(parent, null);
  return { file, dataset, parent: { manifest, manifestId, dataset } };
}

function record(dataset: string, letter: string, parent: string | null): Promise<void> {
  return database.transaction((stores) =>
    afterIngest(stores, null, inputOf(dataset, parent), outputOf(letter, parent)),
  );
}

const versions = async (dataset: string) =>
  (await database.stores.datasets.versions(dataset)).map(({ manifestId }) => manifestId[0]);

describe('appending rows', () => {
  it('to a version that is the newest no more fails and records nothing, so no rows are hidden', async () => {
    await record('moved', 'a', null);
    const both = await Promise.allSettled([record('moved', 'b', 'a'), record('moved', 'c', 'a')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'dataset.moved', details: { name: 'moved' } },
    });
    expect(await versions('moved')).toHaveLength(2);
  });

  it('a second time adds nothing, also when another version came after it', async () => {
    await record('again', 'a', null);
    await record('again', 'b', 'a');
    await record('again', 'c', 'b');
    await record('again', 'b', 'a');
    expect(await versions('again')).toEqual(['a', 'b', 'c']);
  });
});

describe('what a candidate is trained with', () => {
  /** Walks a pipeline run to the end, as the version after the last one; gives what its training was asked. */
  async function walk(name: string, letter: string, parent: string | null, seed: number, exclude?: string[]) {
    const { stores } = database;
    const base = { name, target: 'y', budgetSeconds: 1, seed, by: 'anna' };
    const ship = { target: 'y', seed, exclude: exclude ?? [], time: `${letter}-time`, task: 'regression' };
    const kind = exclude === undefined ? 'retrain' : 'ship';
    const request = { ...base, kind, ...(kind === 'ship' ? { ship } : { endpoint: name, reason: 'asked' }) };
    const pipelineRun = await stores.pipelineRuns.create({ name, kind, request });
    await stores.pipelineRuns.beginStage(pipelineRun.id, 'ingest');
    const output = outputOf(letter, parent);
    const names = ['x', 'y', 'id', 'leak', 'a-time', 'b-time'];
    output.manifest.schema.columns = names.map((column) => ({ name: column })) as never;
    output.profile.columns = names.map((column) => ({
      name: column,
      rows: 9,
      missing: 0,
      notes: [],
    })) as never;
    await database.transaction((inside) =>
      afterIngest(inside, pipelineRun.id, inputOf(name, parent), output),
    );
    const job = await stores.jobs.claim({ instance: 'srv', worker: 'one' }, ['candidate'], 60_000);
    await stores.jobs.complete(job!.id, job!.token, {});
    const input = job!.input as CandidateInput;
    await stores.models.ensure({ name, task: 'regression', target: 'y', dataset: name });
    const { version } = await stores.models.addVersion(name, {
      bundleId: idOf(letter),
      runId: input.runId,
      datasetVersion: 1,
      learner: 'linear',
      metrics: {},
      primaryMetric: 'rmse',
      gates: [],
      bytes: 1,
    });
    await stores.models.moveAlias(name, 'champion', version);
    await stores.pipelineRuns.end(pipelineRun.id, { state: 'done' });
    return input;
  }

  it('is for a retraining what the champion was trained with, and the first seed splits for ever', async () => {
    const first = await walk('house', 'a', null, 1, ['id']);
    expect(first).toMatchObject({ exclude: ['id'], timeColumn: 'a-time', splitSeed: 1, champion: null });
    const second = await walk('house', 'b', null, 2, ['id', 'leak']);
    expect(second).toMatchObject({ exclude: ['id', 'leak'], timeColumn: 'b-time', seed: 2, splitSeed: 1 });
    const asked = { exclude: ['id', 'leak'], timeColumn: 'b-time', task: 'regression', splitSeed: 1 };
    expect(await walk('house', 'c', 'b', 3)).toMatchObject({ ...asked, seed: 3 });
    expect(await walk('house', 'd', 'c', 4)).toMatchObject({ ...asked, seed: 4 });
    await database.stores.models.moveAlias('house', 'champion', 1);
    expect(await walk('house', 'e', 'd', 5)).toMatchObject({ exclude: ['id'], timeColumn: 'a-time' });
  });
});
