import { afterAll, beforeAll, expect, it } from 'vitest';
import { pgliteUnderTest } from '../../adapters/database/pglite-under-test.ts';
import type { Database, DatasetVersion, ModelVersion } from '../../metadata/index.ts';
import { type DatasetManifest, manifestId } from '../../stages/ingest/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { growthOf, growthShared, isInUse } from './dataset-growth.ts';
import { rollBackDataset } from './roll-back-dataset.ts';

let subject: DatabaseUnderTest;
let database: Database;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  database = subject.database;
  await database.stores.datasets.create('orders');
});
afterAll(() => subject.dispose());

/** Appends a segment to the newest version. */
async function append(letter: string, rows: number): Promise<DatasetVersion> {
  const { datasets } = database.stores;
  const { latestVersion } = await datasets.get('orders');
  const parent = latestVersion === 0 ? null : await datasets.version('orders');
  const manifest: DatasetManifest = {
    parent: parent?.manifestId ?? null,
    schema: { columns: [] },
    rows: (parent?.manifest.rows ?? 0) + rows,
    bytes: 10,
    segments: [...(parent?.manifest.segments ?? []), { sha256: letter.repeat(64), rows, bytes: 10 }],
    lineage: { source: `${letter}.csv`, sourceSha256: letter.repeat(64), sourceBytes: 10, format: 'csv' },
  };
  const profile = { rows: manifest.rows, columns: [] };
  return datasets.addVersion('orders', { manifestId: manifestId(manifest), manifest, profile });
}

async function trainedOn({ version }: DatasetVersion): Promise<ModelVersion> {
  const run = { name: 'm', dataset: 'orders', datasetVersion: version, target: 'y', task: 'binary' } as const;
  return { runId: (await database.stores.runs.create(run)).id } as ModelVersion;
}

const rollBack = (to: number) =>
  rollBackDataset(database, { dataset: 'orders', to, by: 'anna', requestId: 'req_1' });

it('rolls back to an earlier version by a new one that holds its rows, and what follows builds on it', async () => {
  const { stores } = database;
  const first = await append('a', 100);
  const good = await append('b', 50);
  const before = await trainedOn(good);
  const bad = await append('c', 30);
  const after = await trainedOn(bad);

  const back = await rollBack(2);
  expect(back).toMatchObject({ version: 4, profile: good.profile });
  expect(back.manifest).toMatchObject({
    parent: good.manifestId,
    rows: 150,
    segments: good.manifest.segments,
    lineage: {
      format: 'rollback',
      source: 'version 3 rolled back to version 2',
      sourceSha256: good.manifestId,
    },
  });
  expect((await stores.datasets.versions('orders')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  const [entry] = (await stores.audit.list({})).filter(({ what }) => what === 'datasets.rollback');
  expect(entry).toMatchObject({ who: 'anna', subject: 'orders', details: { to: 2, from: 3, version: 4 } });

  const grown = await append('d', 20);
  const both = { commonRows: 150, known: { increments: 2, labellings: 0 } };
  expect(await growthOf(stores, grown)).toEqual({ increments: [100, 50, 20] });
  expect(await growthShared(stores, before, grown)).toEqual(both);
  // What it learnt of the rows that were rolled back is no part of this line.
  expect(await growthShared(stores, after, grown)).toEqual(both);
  expect(await growthShared(stores, await trainedOn(first), grown)).toEqual({
    commonRows: 100,
    known: { increments: 1, labellings: 0 },
  });
  expect(await isInUse(stores, 'orders', bad.version)).toBe(false);
  expect(await isInUse(stores, 'orders', good.version)).toBe(true);
});

it('rolls back to the same version again, and refuses where the newest holds the rows already', async () => {
  const newest = await database.stores.datasets.version('orders');
  expect(await rollBack(2)).toMatchObject({ version: newest.version + 1 });
  await expect(rollBack(2)).rejects.toMatchObject({ code: 'dataset.rollback-unneeded' });
  await expect(rollBack(99)).rejects.toMatchObject({ code: 'dataset.version-missing' });
});
