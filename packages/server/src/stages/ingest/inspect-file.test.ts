import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadOptions } from '@slipway/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, ingestFile, inspectAppend, inspectFile, previewRows } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterEach(async () => {
  expect(await lake.leftovers()).toEqual([]);
});
afterAll(() => lake.close());

const CSV = 'day;amount;zip\n03/04/2024;1,5;01234\n13/04/2024;n.a.;99999\n14/04/2024;-2,25;00001\n';

async function request(content: string, options: ReadOptions = {}) {
  const file = await lake.file('rows.csv', content);
  return { file, fileName: 'rows.csv', options };
}

const objects = async () =>
  (await readdir(join(lake.folder, 'objects'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('a file is shown as it would be stored, and nothing is stored', async () => {
  const asked = await request(CSV, { missing: ['n.a.'] });
  const before = await objects();
  const shown = await inspectFile({ ...asked, limit: 2 }, lake.ports);
  expect(await objects()).toEqual(before);
  expect(shown.rows).toEqual([
    { day: '2024-04-03T00:00:00.000Z', amount: 1.5, zip: '01234' },
    { day: '2024-04-13T00:00:00.000Z', amount: null, zip: '99999' },
  ]);
  expect(shown.missingWords).toEqual(['n.a.']);
  const { manifest, report } = await ingestFile(asked, lake.ports);
  expect(shown.columns).toEqual(manifest.schema.columns);
  expect(shown.report).toEqual(report);
});

test('a file is shown as it would be appended, and nothing is stored', async () => {
  const { manifest } = await ingestFile(await request(CSV, { missing: ['n.a.'] }), lake.ports);
  const more = await request('amount;zip;day\n"1.000,5";7;01/02/2025\n');
  const before = await objects();
  const shown = await inspectAppend(manifest, { ...more, dataset: 'sales', limit: 5 }, lake.ports);
  expect(await objects()).toEqual(before);
  const appended = await appendFile(manifest, { ...more, dataset: 'sales' }, lake.ports);
  const stored = await previewRows(appended.manifest, { offset: 3, limit: 5 }, lake.ports);
  expect(shown.rows).toEqual(stored);
  expect(shown.rows).toEqual([{ day: '2025-02-01T00:00:00.000Z', amount: 1000.5, zip: '7' }]);
  expect(shown.report).toEqual(appended.report);
});

test('a file that could not be appended is refused in the same words', async () => {
  const { manifest } = await ingestFile(await request(CSV), lake.ports);
  const wrong = { ...(await request('day;amount;zip\n2024-13-45;1;1\n')), dataset: 'sales' };
  const said = await appendFile(manifest, wrong, lake.ports).catch((error: Error) => error.message);
  expect(said).toMatch(/2024-13-45/);
  await expect(inspectAppend(manifest, { ...wrong, limit: 5 }, lake.ports)).rejects.toThrow(String(said));
});
