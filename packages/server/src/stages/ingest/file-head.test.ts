import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { fileHead } from './file-head.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

/** Rows of ten bytes. */
const ROW = '123,45678\n';

it.each([100, 101, 109, 110])('a head of at most %i bytes is whole records, and no more', async (limit) => {
  const file = await lake.file(`rows-${limit}.csv`, ROW.repeat(50));
  const workspace = await lake.ports.tables.open({ reads: [file] });
  const head = await fileHead(workspace, { file, fileName: 'rows.csv' }, limit);
  await workspace.close();
  expect(head?.bytes).toBe(Math.floor(limit / ROW.length) * ROW.length);
});
