import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';

/** CPU time for which one request may keep others from the event loop. */
const MOST_BUSY_MS = 200;

let server: ServerUnderTest;
let watch: string;

beforeAll(async () => {
  const folder = await newFolder();
  watch = join(dirname(folder), 'loop.txt');
  await writeFile(watch, '');
  server = await startServer({
    folder,
    execArgv: ['--require', join(ROOT, 'tests/hardening/loop-watch.cjs')],
    environment: { LOOP_WATCH: watch },
  });
}, 300_000);
afterAll(cleanUp);

const post = (path: string, body: string, method = 'POST') =>
  ask(`${server.url}${path}`, { method, token: server.ownerKey, body });

const text = (value: unknown) => JSON.stringify(value);
const numbered = (count: number, entry: (i: number) => unknown) =>
  Array.from({ length: count }, (_, i) => entry(i));
const keys = (count: number) =>
  Object.fromEntries(numbered(count, (i) => [`key${i}`, i]) as [string, unknown][]);
const labels = (count: number, label: (i: number) => unknown) => text({ labels: numbered(count, label) });
const LABELS = '/api/v1/endpoints/churn/labels';

type Attack = [what: string, path: string, body: () => string, status: number, code: string, field?: string];

const ATTACKS: Attack[] = [
  ['8 MB of [', '/api/v1/keys', () => '['.repeat(8e6), 413, 'request.too-complex'],
  ['8 MB of {"a":', '/api/v1/keys', () => '{"a":'.repeat(1.6e6), 413, 'request.too-complex'],
  ['200,000 keys', '/api/v1/keys', () => text(keys(200_000)), 413, 'request.too-complex'],
  [
    'one key 200,000 times',
    '/api/v1/keys',
    () => `{${'"a":1,'.repeat(2e5)}"a":1}`,
    413,
    'request.too-complex',
  ],
  ['2,000,000 labels', LABELS, () => `{"labels":[${'1,'.repeat(2e6)}1]}`, 400, 'request.invalid', 'labels'],
  ['4,000,000 values', LABELS, () => `{"labels":[${'1,'.repeat(4e6)}1]}`, 413, 'request.too-complex'],
  [
    '50,000 bad labels',
    LABELS,
    () => labels(50_000, (i) => ({ id: i, value: [] })),
    400,
    'request.invalid',
    'labels[0].id',
  ],
  [
    '50,000 labels, the last bad',
    LABELS,
    () => labels(50_000, (i) => ({ id: `p_${i}`, value: i === 49_999 ? [] : 1 })),
    400,
    'request.invalid',
    'labels[49999].value',
  ],
  [
    '50,000 labels',
    LABELS,
    () => labels(50_000, (i) => ({ id: `p_${i}`, value: i })),
    404,
    'endpoint.missing',
  ],
  [
    'an example of 900,000 numbers',
    '/api/v1/models',
    () => text({ name: 'x', uploadId: 'u', example: { a: numbered(900_000, () => 0.5) } }),
    404,
    'upload.missing',
  ],
  [
    'a name of 15 MB',
    '/api/v1/keys',
    () => text({ name: 'x'.repeat(15e6), role: 'viewer' }),
    400,
    'request.invalid',
    'name',
  ],
  ['a number of 15 MB', '/api/v1/keys', () => '1'.repeat(15e6), 400, 'request.invalid'],
  [
    '15 MB of escapes',
    '/api/v1/keys',
    () => `{"name":"${'\\"'.repeat(7.5e6)}"}`,
    400,
    'request.invalid',
    'name',
  ],
  ['15 MB of spaces', '/api/v1/keys', () => `{"name":${' '.repeat(15e6)}1}`, 400, 'request.invalid', 'name'],
  [
    '2,000,000 targets',
    '/api/v1/pipeline-runs',
    () => text({ uploadId: 'u', target: numbered(2e6, () => 't') }),
    400,
    'target.several',
    'target',
  ],
  [
    '10,000 wrong columns',
    '/api/v1/pipeline-runs',
    () => text({ uploadId: 'u', target: 't', exclude: numbered(10_000, () => 1) }),
    400,
    'request.invalid',
    'exclude[0]',
  ],
];

describe('a body of', () => {
  it.each(ATTACKS)(
    '%s is answered, and keeps others from the event loop for no more than 200 ms of CPU time',
    async (_what, path, body, status, code, field) => {
      const sent = body();
      await writeFile(watch, '');
      const answer = await post(path, sent);
      expectProblem(answer, status, code, field);
      expect(answer.text.length).toBeLessThan(20_000);
      const busy = (await readFile(watch, 'utf8')).split('\n').map(Number);
      expect(Math.max(...busy), `pieces of more than 50 ms: ${busy.join(' ')}`).toBeLessThanOrEqual(
        MOST_BUSY_MS,
      );
    },
  );

  it('runs to compare is answered for a hundred of them, and refused beyond', async () => {
    const compare = (count: number) =>
      ask(`${server.url}/api/v1/runs/compare?ids=${numbered(count, (i) => `run_${i}`).join(',')}`, {
        token: server.ownerKey,
      });
    expectProblem(await compare(100), 404, 'run.missing');
    expectProblem(await compare(101), 400, 'request.invalid', 'ids');
    expectProblem(await compare(1400), 400, 'request.invalid', 'ids');
  });

  it('afterwards the server is alive', async () => {
    expect((await ask(`${server.url}/api/v1/health`)).status).toBe(200);
    expect((await server.client.call['system.status']()).internalErrors).toBe(0);
  });
});
