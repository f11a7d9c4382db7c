import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import {
  appendFile,
  type DatasetManifest,
  fillColumn,
  type Lineage,
  manifestId,
  previewRows,
} from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const lineage: Lineage = {
  source: 'a queue',
  sourceSha256: 'a'.repeat(64),
  sourceBytes: 1,
  format: 'labels',
};

/** Three rows, then two more: two segments. */
async function twoSegments(name: string): Promise<DatasetManifest> {
  const { manifest } = await lake.ingest(`${name}.csv`, 'id,kind,size\n1,a,1\n2,,2\n3,b,\n');
  const file = await lake.file(`${name}-more.csv`, 'id,kind,size\n4,,4\n5,,\n');
  return (await appendFile(manifest, { file, fileName: 'more.csv', dataset: name }, lake.ports)).manifest;
}

const rowsOf = (manifest: DatasetManifest) => previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);

it('fills cells of a column in, row by row, and leaves everything else as it was', async () => {
  const parent = await twoSegments('fills');
  const column = { name: 'kind', type: 'string' } as const;
  const cells = [
    { row: 4, value: 'it\'s "c", ünï\n' },
    { row: 1, value: 'b' },
  ];
  const { manifest, profile } = await fillColumn(parent, { column, cells, lineage }, lake.ports);
  expect(await rowsOf(manifest)).toEqual([
    { id: 1, kind: 'a', size: 1 },
    { id: 2, kind: 'b', size: 2 },
    { id: 3, kind: 'b', size: null },
    { id: 4, kind: null, size: 4 },
    { id: 5, kind: 'it\'s "c", ünï\n', size: null },
  ]);
  expect(manifest).toMatchObject({ parent: manifestId(parent), rows: 5, lineage });
  expect(profile.columns.find(({ name }) => name === 'kind')).toMatchObject({ missing: 1, distinct: 3 });
  expect((await rowsOf(parent))[1]).toEqual({ id: 2, kind: null, size: 2 });
});

it('writes only the segments anew that hold such a row, and the same bytes for the same cells', async () => {
  const parent = await twoSegments('sparing');
  const column = { name: 'size', type: 'number' } as const;
  const request = { column, cells: [{ row: 3, value: 4.5 }], lineage };
  const { manifest } = await fillColumn(parent, request, lake.ports);
  expect(manifest.segments[0]).toEqual(parent.segments[0]);
  expect(manifest.segments[1]).not.toEqual(parent.segments[1]);
  expect(manifestId((await fillColumn(parent, request, lake.ports)).manifest)).toBe(manifestId(manifest));
  expect((await rowsOf(manifest)).map(({ size }) => size)).toEqual([1, 2, null, 4.5, null]);
});

it('adds a column that the dataset lacks, missing in the other rows, also of segments that stay', async () => {
  for (const [type, value] of [
    ['string', 'good'],
    ['number', 3],
    ['boolean', true],
  ] as const) {
    const parent = await twoSegments(`adds-${type}`);
    const request = { column: { name: 'mood', type }, cells: [{ row: 0, value }], lineage };
    const { manifest } = await fillColumn(parent, request, lake.ports);
    expect((await rowsOf(manifest)).map(({ mood }) => mood)).toEqual([value, null, null, null, null]);
    expect(manifest.schema.columns.at(-1)).toMatchObject({ name: 'mood', type, nullable: true });
  }
});

it('keeps the order of many rows', async () => {
  const rows = 300_000;
  const lines = Array.from({ length: rows }, (_, i) => `${i},${i % 7 === 0 ? '' : 'x'}`);
  const { manifest: parent } = await lake.ingest('many.csv', `n,kind\n${lines.join('\n')}\n`);
  const cells = Array.from({ length: 10_000 }, (_, i) => ({ row: i * 7 * 4, value: `filled ${i}` }));
  const column = { name: 'kind', type: 'string' } as const;
  const { manifest } = await fillColumn(parent, { column, cells, lineage }, lake.ports);
  for (const offset of [0, 123_456, rows - 30]) {
    const some = await previewRows(manifest, { offset, limit: 30 }, lake.ports);
    const expected = Array.from({ length: 30 }, (_, i) => offset + i).map((n) => ({
      n,
      kind: n % 28 === 0 && n / 28 < 10_000 ? `filled ${n / 28}` : n % 7 === 0 ? null : 'x',
    }));
    expect(some).toEqual(expected);
  }
});

it('leaves nothing behind when it is cancelled', async () => {
  const parent = await twoSegments('cancelled');
  const column = { name: 'kind', type: 'string' } as const;
  const request = { column, cells: [{ row: 1, value: 'b' }], lineage, signal: AbortSignal.abort() };
  await expect(fillColumn(parent, request, lake.ports)).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(await lake.leftovers()).toEqual([]);
});
