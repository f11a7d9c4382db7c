import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPglite } from '../adapters/database/index.ts';
import type { DatasetManifest } from '../journey/ingest/index.ts';
import type { Database } from '../ledger/index.ts';
import { afterIngest } from './after-ingest.ts';
import type { IngestInput, IngestOutput } from './model.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

let scratch: string;
let database: Database;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-ingest-'));
  database = await openPglite(join(scratch, 'database'), { migrations: MIGRATIONS });
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

function record(dataset: string, letter: string, parent: string | null): Promise<void> {
  const output = outputOf(letter, parent);
  const input: IngestInput = {
    file: { sha256: idOf('0'), filename: 'rows.csv' },
    dataset,
    parent:
      parent === null
        ? null
        : { manifest: outputOf(parent, null).manifest, manifestId: idOf(parent), dataset },
  };
  return database.transaction((stores) => afterIngest(stores, null, input, output));
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
