import { randomBytes } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FailureCode, isFailure } from '@slipway/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { INGEST_LIMITS, ingestFile } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterEach(async () => {
  expect(await lake.leftovers()).toEqual([]);
});
afterAll(() => lake.close());

const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw error ?? new Error('it was accepted');
  return error;
};

const wide = (columns: number) => Array.from({ length: columns }, (_, i) => `c${i}`).join(',');

test.each<[string, string | Uint8Array, FailureCode, object]>([
  ['an empty file', '', 'file.empty', {}],
  ['blanks alone', ' \n\n', 'file.empty', {}],
  ['an empty gzip', gzipSync(''), 'file.empty', {}],
  ['a header alone', 'a,b,c\n', 'file.no-rows', {}],
  ['an empty array', '[]', 'file.no-rows', {}],
  ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'file.binary', {}],
  ['rubbish', Buffer.concat([Buffer.from([1, 2, 3]), randomBytes(10_000)]), 'file.binary', {}],
  ['a short row', 'a,b,c\n1,2,3\n4,5\n', 'file.ragged', { line: 3, found: 2, expected: 3 }],
  ['a long row', 'a,b,c\n1,2,3\n\n4,5,6\n7,8,9,10\n', 'file.ragged', { line: 5, found: 4, expected: 3 }],
  ['a ragged row after a field of two lines', 'a,b\n"x\ny",1\n1\n', 'file.ragged', { line: 4 }],
  [
    '10,000 columns',
    `${wide(10_000)}\n${wide(10_000)}\n`,
    'file.too-many-columns',
    { columns: 10_000, limit: 4_000 },
  ],
  ['NUL bytes', `a,b\n${'1,2\n'.repeat(100)}3,\0\n`, 'file.unreadable', {}],
  ['an open quote', 'a,b\n1,2\n3,"x\n4,5\n', 'file.unreadable', {}],
  ['text behind a quote', 'a,b\n1,2\n3,"x"y\n', 'file.unreadable', {}],
  ['a torn gzip', gzipSync('a,b\n1,2\n'.repeat(1000)).subarray(0, 40), 'file.unreadable', {}],
  ['a torn Parquet file', Buffer.from('PAR1 and nothing else'), 'file.unreadable', { format: 'Parquet' }],
  ['broken JSON lines', '{"a":1}\n{"a":\n{"a":3}\n', 'file.unreadable', { format: 'JSON' }],
  ['an open array', '[{"a":1},{"a":2}', 'file.unreadable', { format: 'JSON' }],
  ['one object without a table', '{\n"data": {"a": [[1]]}\n}', 'file.unreadable', { format: 'JSON' }],
  ['an object of two tables', '{"a":[{"x":1}],"b":[{"y":1}]}', 'file.unreadable', { format: 'JSON' }],
  ['an array of numbers', '[1,2,3]', 'file.unreadable', { format: 'JSON' }],
])('%s is a coded failure and leaves nothing behind', async (name, content, code, details) => {
  const failure = await failureOf(lake.ingest(name, content));
  expect(failure.code).toBe(code);
  expect(failure.details).toMatchObject({ file: name, ...details });
  expect(failure.message).not.toContain(lake.folder);
});

test('a ragged row far down is found with its line', async () => {
  const rows = 'x,1\n'.repeat(700_000);
  const failure = await failureOf(lake.ingest('far.csv', `a,b\n${rows}y\n`));
  expect([failure.code, failure.details.line]).toEqual(['file.ragged', 700_002]);
});

test('a line without end is refused in bounded memory', async () => {
  const path = join(lake.folder, 'line.csv');
  const handle = await open(path, 'w');
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  await handle.write('a,b\n1,2\n3,');
  for (let i = 0; i < 300; i++) await handle.write(megabyte);
  await handle.close();
  const before = process.memoryUsage().rss;
  const failure = await failureOf(ingestFile({ file: path, fileName: 'line.csv' }, lake.ports));
  expect(failure.code).toBe('file.unreadable');
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

test('a file that is not there is said to be so by its name', async () => {
  const file = join(lake.folder, 'nowhere.csv');
  const failure = await failureOf(ingestFile({ file, fileName: 'nowhere.csv' }, lake.ports));
  expect([failure.code, failure.details.file]).toEqual(['file.not-found', 'nowhere.csv']);
});

test('an abort interrupts reading and leaves nothing behind', async () => {
  const path = await lake.file('big.csv', `a,b\n${'1.5,some words\n'.repeat(1_000_000)}`);
  const abort = new AbortController();
  const reading = failureOf(
    ingestFile({ file: path, fileName: 'big.csv', signal: abort.signal }, lake.ports),
  );
  while ((await readdir(join(lake.folder, 'scratch'))).length === 0) await new Promise(setImmediate);
  abort.abort();
  expect((await reading).code).toBe('job.cancelled');
});

/** 128 MiB of zeros in some 130 KB, as a gzip of several members so that the test itself needs little memory. */
const bomb = () =>
  Buffer.concat(Array.from({ length: 8 }, () => gzipSync(Buffer.alloc(16 * 1024 ** 2, '0'))));

test('a file that unpacks to a thousand times its size is refused before it fills the disk', async () => {
  const file = await lake.file('bomb.csv.gz', bomb());
  const failure = await failureOf(ingestFile({ file, fileName: 'bomb.csv.gz' }, lake.ports));
  expect(failure).toMatchObject({ code: 'file.unpacks-too-large', details: { limitBytes: 64 * 1024 ** 2 } });
});

test('the limits of unpacking are settings', async () => {
  const file = await lake.file('small.csv.gz', gzipSync(`a,b\n${'1,2\n'.repeat(100_000)}`));
  const limits = { ...INGEST_LIMITS, maxUnpackedBytes: 50_000 };
  const failure = await failureOf(ingestFile({ file, fileName: 'small.csv.gz', limits }, lake.ports));
  expect(failure).toMatchObject({ code: 'file.unpacks-too-large', details: { limitBytes: 50_000 } });
  const { manifest } = await ingestFile({ file, fileName: 'small.csv.gz' }, lake.ports); // packed to a fiftieth, and small
  expect(manifest.rows).toBe(100_000);
});
