import { isFailure } from '@slipway/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import {
  type AppendRequest,
  appendFile,
  type DatasetManifest,
  type Ingested,
  manifestId,
  previewRows,
  readTable,
} from './index.ts';

let lake: TemporaryLake;
let parent: DatasetManifest;
beforeAll(async () => {
  lake = await temporaryLake();
  parent = (await lake.ingest('first.csv', 'id,when,ok,kind\n1,2020-01-01,true,a\n2,2020-01-02,false,b\n'))
    .manifest;
});
afterEach(async () => {
  expect(await lake.leftovers()).toEqual([]);
});
afterAll(() => lake.close());

async function append(content: string, options: Partial<AppendRequest> = {}): Promise<Ingested> {
  const file = await lake.file('more.csv', content);
  return appendFile(parent, { file, fileName: 'more.csv', dataset: 'things', ...options }, lake.ports);
}

async function refusal(content: string, options: Partial<AppendRequest> = {}) {
  const error = await append(content, options).catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error('it was accepted');
  return error;
}

test('a new version keeps the old segments and adds one for the new rows', async () => {
  const { manifest, profile } = await append('id,when,ok,kind\n3,2020-02-01,true,c\n');
  expect(manifest.segments.slice(0, -1)).toEqual(parent.segments);
  expect(manifest.segments).toHaveLength(parent.segments.length + 1);
  expect(manifest.parent).toBe(manifestId(parent));
  expect([manifest.rows, profile.rows]).toEqual([3, 3]);
  expect(profile.columns.find(({ name }) => name === 'kind')?.distinct).toBe(3);
  const rows = await previewRows(manifest, { offset: 0, limit: 9 }, lake.ports);
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
  const table = await readTable(manifest, lake.ports, { columns: ['kind'] });
  expect(table.columns[0]).toMatchObject({ dictionary: ['a', 'b', 'c'], codes: Int32Array.of(0, 1, 2) });
});

test('columns are matched by name, whatever their order, the format and the delimiter', async () => {
  const { manifest } = await append('[{"kind":"z","ok":false,"when":"2021-05-01","id":7}]');
  const rows = await previewRows(manifest, { offset: 2, limit: 1 }, lake.ports);
  expect(rows).toEqual([{ id: 7, when: '2021-05-01T00:00:00.000Z', ok: false, kind: 'z' }]);
});

test('whole numbers may become fractional', async () => {
  const { manifest } = await append('id,when,ok,kind\n3.5,2020-02-01,true,c\n');
  expect(manifest.schema.columns[0]).toMatchObject({ type: 'number', integer: false });
  const table = await readTable(manifest, lake.ports, { columns: ['id'] });
  expect(table.columns[0]).toMatchObject({ values: Float64Array.of(1, 2, 3.5) });
});

test('words stay words where the new file holds only numbers', async () => {
  const { manifest } = await append('id,when,ok,kind\n3,2020-02-01,true,12\n');
  expect((await previewRows(manifest, { offset: 2, limit: 1 }, lake.ports))[0]?.kind).toBe('12');
});

test('a column that may be lacking is missing in the new rows', async () => {
  const { manifest, profile } = await append('id,when,kind\n3,2020-02-01,c\n', { mayLack: ['ok'] });
  expect(manifest.schema.columns[2]).toMatchObject({ name: 'ok', type: 'boolean', nullable: true });
  expect(profile.columns[2]?.missing).toBe(1);
  expect((await previewRows(manifest, { offset: 2, limit: 1 }, lake.ports))[0]?.ok).toBeNull();
});

test.each([
  ['a missing column', 'id,when,ok\n3,2020-02-01,true\n', 'file.column-missing', 'kind'],
  ['another column', 'id,when,ok,kind,extra\n3,2020-02-01,true,c,1\n', 'dataset.schema-differs', 'extra'],
  ['a name in another case', 'id,when,OK,kind\n3,2020-02-01,true,c\n', 'file.column-spelling', 'ok'],
  ['words for numbers', 'id,when,ok,kind\nx,2020-02-01,true,c\n', 'file.value-unreadable', 'id'],
  ['words for dates', 'id,when,ok,kind\n3,soon,true,c\n', 'file.value-unreadable', 'when'],
  ['words for booleans', 'id,when,ok,kind\n3,2020-02-01,maybe,c\n', 'file.value-unreadable', 'ok'],
])('%s is refused, naming the column', async (_, content, code, column) => {
  const failure = await refusal(content);
  expect([failure.code, failure.path]).toEqual([code, column]);
});

test('a value that does not fit is refused with its row, its line and the way out', async () => {
  const failure = await refusal(
    `id,when,ok,kind\n3,2020-02-01,true,c\n\n4,"2020-02-01",true,"c\nd"\n5,2020-02-01,2,c\n`,
  );
  expect(failure.details).toMatchObject({ row: 3, value: '"2"', column: 'ok', count: 1, present: 3 });
  expect(failure.message).toMatch(
    /^Row 3 \(line \d+\) of more.csv: the column ok holds true and false, and "2"/,
  );
  expect(failure.hint).toContain('--missing');
});

test('one odd value among many is missing in the new rows, and is listed', async () => {
  const { manifest, report } = await append(
    `id,when,ok,kind\n${'3,2020-02-01,true,c\n'.repeat(20_000)}4,2020-02-01,2,c\n`,
  );
  expect(manifest.rows).toBe(parent.rows + 20_001);
  expect(
    (await previewRows(manifest, { offset: manifest.rows - 1, limit: 1 }, lake.ports))[0]?.ok,
  ).toBeNull();
  const [finding] = report.findings.filter(({ code }) => code === 'value-not-read');
  expect(finding).toMatchObject({ column: 'ok', value: '2', line: 20_002, count: 1, severity: 'warning' });
});

test('a ragged file is refused as when it is read first', async () => {
  const failure = await refusal('id,when,ok,kind\n3,2020-02-01\n');
  expect([failure.code, failure.details.line]).toEqual(['file.ragged', 2]);
});
