import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stillRuns } from './process-identity.ts';
import { processRecord } from './process-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-record-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a process is recognised by its record until that is forgotten', async () => {
  const path = join(folder, 'process.json');
  const record = processRecord(path);
  expect(record.former()).toBeUndefined();
  record.keep(process.pid);
  const former = record.former();
  expect(former?.pid).toBe(process.pid);
  expect(stillRuns(former!)).toBe(true);
  expect(stillRuns({ ...former!, startedAt: '1' })).toBe(false);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  record.forget();
  expect(record.former()).toBeUndefined();
});

it.each(['', '{', '[]', '{"pid":-1,"startedAt":"1","place":"x"}', '{"pid":"1"}', 'null'])(
  'a record that reads %j names no process',
  async (text) => {
    const path = join(folder, 'process.json');
    await writeFile(path, text);
    expect(processRecord(path).former()).toBeUndefined();
  },
);

it('a disk that takes no record ends nothing', () => {
  const record = processRecord(join(folder, 'missing', 'process.json'));
  record.keep(process.pid);
  record.forget();
  expect(record.former()).toBeUndefined();
});
