import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Job } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { treeOf } from '../../bench/serving/process-tree.ts';
import {
  chainOfNodes,
  field,
  graph,
  gzippedZeros,
  longs,
  loopBody,
  nestedIf,
  node,
  number,
  onnx,
  runOfParquet,
  scalar,
  tar,
  zip,
} from './bomb-files.ts';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';
import { smallTable, upload } from './small-table.ts';

const LONG = 180_000;
const hasProc = existsSync('/proc/self/stat');
const patience = { timeout: 120_000, interval: 50 };
const MEBIBYTE = 1024 ** 2;

const UPLOADED_BYTES = 1_000_000;

/** Limits that a machine of two cores reaches within seconds. */
const SETTINGS = [
  'work.jobCpuSeconds=60',
  'work.jobCpuSecondsPerMegabyte=1',
  'work.previewCpuSeconds=4',
  'work.jobMemoryMegabytes=1000',
  'ingest.memoryLimitMegabytes=256',
  'pack.maxModelMegabytes=64',
  'pack.modelMemoryMegabytes=500',
  'pack.modelRunSeconds=3',
  `http.maxUploadedBytesPerKey=${UPLOADED_BYTES}`,
];

let server: ServerUnderTest;
let client: Client;
let watch: string;
beforeAll(async () => {
  const folder = await newFolder();
  watch = join(dirname(folder), 'loop.txt');
  server = await startServer({
    folder,
    set: SETTINGS,
    execArgv: ['--require', join(ROOT, 'tests/hardening/loop-watch.cjs')],
    environment: { LOOP_WATCH: watch },
  });
  await writeFile(watch, '');
  client = server.client;
}, LONG);
afterAll(cleanUp);

let names = 0;
const ended = ({ id }: Pick<Job, 'id'>) =>
  vi.waitFor(async () => {
    const job = await client.call['jobs.get']({ params: { id } });
    expect(['done', 'failed', 'cancelled']).toContain(job.state);
    return job;
  }, patience);

async function addTable(content: string | Uint8Array): Promise<Job> {
  const { id: uploadId } = await upload(client, content, 'bomb.dat');
  return client.call['datasets.add']({ body: { name: `set-${names++}`, uploadId } });
}

async function importModel(content: Uint8Array): Promise<Job> {
  const { id: uploadId } = await upload(client, content, 'bomb.dat');
  return client.call['models.import']({ body: { name: `model-${names++}`, uploadId, task: 'regression' } });
}

/** The job fails with the code. */
async function expectFailure(job: Job | undefined, code: string, says = /./): Promise<void> {
  const { state, failure } = await ended(job!);
  expect({ state, code: failure?.code }, failure?.message).toEqual({ state: 'failed', code });
  expect(`${failure?.message} ${failure?.hint}`).toMatch(says);
}

const times = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join('');
const keys = (count: number, from = 0) => times(count, (i) => `${i === 0 ? '' : ','}"k${from + i}":1`);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const inObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

type Bomb = [what: string, content: () => string | Uint8Array, code: string, says?: RegExp];

const TABLES: Bomb[] = [
  [
    '150,000,000 rows in 138 bytes of Parquet',
    () => runOfParquet(150_000_000),
    'file.too-many-values',
    /150000000 values.*ingest\.maxUnpackedRatio/,
  ],
  [
    '1,000 columns of 1,000,000 rows in 94 kB of Parquet',
    () => runOfParquet(1_000_000, 1000),
    'file.too-many-values',
  ],
  [
    '20,000 columns of Parquet',
    () => runOfParquet(10, 20_000),
    'file.too-many-columns',
    /20000 columns.*4000/,
  ],
  [
    'Parquet that claims rows which it does not hold',
    () => runOfParquet(10, 2, { rows: 40_000_000 }),
    'file.unreadable',
  ],
  [
    'Parquet that claims more rows than there can be',
    () => runOfParquet(10, 2, { rows: 1e15 }),
    'file.too-many-values',
  ],
  ['Parquet whose page claims 2 GB', () => runOfParquet(10, 2, { uncompressed: 2e9 }), 'file.needs-memory'],
  [
    '100,000 columns of JSON',
    () => `[{${keys(100_000)}},{${keys(100_000)}}]`,
    'file.too-many-columns',
    /more than 4000.*ingest\.maxColumns/,
  ],
  [
    'other keys in every row of NDJSON',
    () => times(5_000, (i) => `{${keys(20, 20 * i)}}\n`),
    'file.too-many-columns',
  ],
  [
    '4,000 keys and 100,000 rows that lack them',
    () => `{${keys(4000)}}\n${'{}\n'.repeat(100_000)}`,
    'file.too-many-values',
    /ingest\.maxUnpackedRatio/,
  ],
  [
    'lists 100,000 deep in JSON',
    () => `[{"a":${nested(100_000)},"b":1}]`,
    'file.too-complex',
    /more than 100 deep/,
  ],
  ['objects 50,000 deep in NDJSON', () => `{"a":1,"b":${inObjects(50_000)}}\n`.repeat(3), 'file.too-complex'],
  ['a document of lists 100,000 deep', () => `{"a":${nested(100_000)}}`, 'file.unreadable'],
  [
    '1,000,000 columns of CSV',
    () => `${times(1_000_000, (i) => `c${i},`)}x\n1\n`,
    'file.unreadable',
    /longer than 2097152 characters/,
  ],
  [
    '20,000 columns of CSV',
    () => `${times(20_000, (i) => `c${i},`)}x\n${'1,'.repeat(20_000)}1\n`,
    'file.too-many-columns',
  ],
  ['a line of 5 MB of CSV', () => `a,b\n1,${'x'.repeat(5e6)}\n`, 'file.unreadable'],
  ['a quote that never ends', () => `a,b\n1,"${'x\n'.repeat(2e6)}`, 'file.unreadable'],
  [
    'zeros packed with gzip',
    () => gzippedZeros(100 * MEBIBYTE),
    'file.unpacks-too-large',
    /ingest\.maxUnpackedRatio/,
  ],
  ['gzip in gzip', () => gzipSync(gzippedZeros(10 * MEBIBYTE)), 'file.unreadable', /compressed twice/],
];

/** The ways in which previews differ from imports: no more of a large file is read than its start. */
const PREVIEWED = TABLES.filter(([, , code]) =>
  ['file.too-many-values', 'file.too-complex'].includes(code),
).slice(0, 3);

const MLMODEL = (text: string) =>
  zip([
    { name: 'MLmodel', content: Buffer.from(text) },
    { name: 'm.onnx', content: chainOfNodes(2) },
  ]);
const FLAVOR = 'flavors: {onnx: {data: m.onnx}}\n';
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `f${i}`, content: new Uint8Array() }));
const sumOfBig = (...nodes: Buffer[]) => [
  ...nodes,
  node('ReduceSum', ['big'], ['sum']),
  node('Add', ['x', 'sum'], ['y']),
];
const bodyAttribute = Buffer.concat([field(1, 'body'), field(6, loopBody()), number(20, 5)]);

const ENDLESS = onnx(graph([node('Loop', ['n', '', 'x'], ['y'], bodyAttribute)], [scalar('n', 1e15)]));

/** Empty of a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

const MODELS: Bomb[] = [
  [
    'a zip of 100 MB of zeros',
    () => zip([{ name: 'm.onnx', content: Buffer.alloc(100 * MEBIBYTE) }]),
    'model.refused',
    /104857600 bytes; the limit is 67108864/,
  ],
  [
    'a zip whose directory claims less',
    () => zip([{ name: 'm.onnx', content: Buffer.alloc(100 * MEBIBYTE), claimed: 1000 }]),
    'model.refused',
    /does not unpack/,
  ],
  [
    'a zip in a zip',
    () => zip([{ name: 'm.zip', content: zip([{ name: 'm.onnx', content: Buffer.alloc(MEBIBYTE) }]) }]),
    'model.not-onnx',
  ],
  ['a zip of 20,000 entries', () => zip(many(20_000)), 'model.refused', /10000/],
  ['a tar of 20,000 entries', () => tar(many(20_000)), 'model.refused', /10000/],
  [
    'a packed tar of 100 MB',
    () => gzipSync(tar([{ name: 'm.onnx', content: Buffer.alloc(100 * MEBIBYTE) }])),
    'model.refused',
    /does not unpack into 67108864 bytes/,
  ],
  [
    'an MLmodel of 120,000 keys',
    () => MLMODEL(`${FLAVOR}${times(120_000, (i) => `k${i % 1000}: 1\n`)}`),
    'model.refused',
    /120002 lines; the limit is 20000/,
  ],
  [
    'an MLmodel of aliases of aliases',
    () => MLMODEL(`a0: &a0 [x,x]\n${times(20, (i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`)}`),
    'model.refused',
    /no YAML/,
  ],
  ['an MLmodel of lists 20,000 deep', () => MLMODEL(`a: ${nested(20_000)}`), 'model.refused', /no YAML/],
  [
    '1,000,000 nodes',
    () => chainOfNodes(1_000_000),
    'model.refused',
    /more than 200000 nodes.*pack\.maxModelNodes/,
  ],
  ['graphs 45 deep in graphs', () => onnx(nestedIf(45)), 'model.not-onnx'],
  [
    '4,000,000,000 values made of a shape',
    () => onnx(graph(sumOfBig(node('ConstantOfShape', ['s'], ['big'])), [longs('s', [100_000, 40_000])])),
    'model.fails',
    /MiB of memory|longer than 3000 ms/,
  ],
  [
    'values repeated beyond memory',
    () => onnx(graph(sumOfBig(node('Expand', ['x', 's'], ['big'])), [longs('s', [100_000, 10_000, 1, 1])])),
    'model.fails',
    /MiB of memory|longer than 3000 ms/,
  ],
  ['a loop that does not end', () => ENDLESS, 'model.fails', /longer than 3000 ms/],
];

/** Jobs of all bombs, queued at once, and of an honest table behind them. */
describe('in a queue of bombs', () => {
  const jobs = new Map<string, Job>();
  let honest: Job;
  beforeAll(async () => {
    for (const [what, content] of TABLES) jobs.set(what, await addTable(content()));
    for (const [what, content] of MODELS) jobs.set(what, await importModel(content() as Uint8Array));
    honest = await addTable(smallTable(20));
  }, LONG);

  it.each(TABLES)(
    'a table of %s fails',
    async (what, _content, code, says) => expectFailure(jobs.get(what), code, says),
    LONG,
  );

  it.each(MODELS)(
    'a model of %s fails',
    async (what, _content, code, says) => expectFailure(jobs.get(what), code, says),
    LONG,
  );

  it(
    'others are answered meanwhile, and the lane goes on',
    async () => {
      expect((await ask(`${server.url}/api/v1/health`)).status).toBe(200);
      expect((await ended(honest)).state).toBe('done');
    },
    LONG,
  );
});

describe('a preview', () => {
  const inspect = async (content: string | Uint8Array, limit = 20) => {
    const { id } = await upload(client, content, 'bomb.dat');
    const path = `${server.url}/api/v1/uploads/${id}/inspect`;
    return ask(path, { method: 'POST', token: server.ownerKey, body: { limit } });
  };

  it.each(PREVIEWED)('of %s is refused', async (_what, content, code) => {
    const { status, json } = await inspect(content());
    expect(json).toMatchObject({ code });
    expect(status).toBeLessThan(500);
  });

  it('of a wide table of long texts shows as much as one answer may hold', async () => {
    const row = `${`${'x'.repeat(1500)},`.repeat(199)}x\n`;
    const { json, text } = await inspect(`${times(199, (i) => `c${i},`)}last\n${row.repeat(30)}`, 1000);
    const { rows } = json as { rows?: Record<string, string>[] };
    expect(rows?.length, text.slice(0, 300)).toBeLessThan(30);
    expect(rows?.[0]?.['c0']).toBe(`${'x'.repeat(1000)}…`);
    expect(text.length).toBeLessThan(2_000_000);
  });

  it.skipIf(!hasProc)(
    'that takes too much processor time is ended, and the next one works (needs /proc)',
    async () => {
      // More than any processor reads in the time that a preview has here.
      const rows = gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(320_000_000, '1,2\n')]));
      expectProblem(await inspect(rows), 422, 'job.too-slow');
      expect((await inspect(smallTable(20))).status).toBe(200);
    },
  );
});

describe('the bytes that a key uploads', () => {
  const target = '/api/v1/uploads?filename=a.csv';
  const post = (bytes: number, token: string) =>
    ask(`${server.url}${target}`, {
      method: 'POST',
      token,
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes).fill(bytes % 251),
    });

  it('have a limit, which refuses before the body is read', async () => {
    const { secret } = await client.call['keys.create']({ body: { name: 'small', role: 'editor' } });
    expect((await post(UPLOADED_BYTES - 1000, secret)).status).toBe(200);
    expectProblem(await post(1001, secret), 413, 'upload.quota-spent');
    expect(await announced(10_000, secret)).toMatch(/^HTTP\/1.1 413 .*upload\.quota-spent/s);
    expect((await post(1000, secret)).status).toBe(200);
    expectProblem(await post(1, secret), 413, 'upload.quota-spent');
  });

  it('are those of one key, and an owner has no such limit', async () => {
    const { secret } = await client.call['keys.create']({ body: { name: 'other', role: 'editor' } });
    expect((await post(1000, secret)).status).toBe(200);
    expect((await post(2 * UPLOADED_BYTES, server.ownerKey)).status).toBe(200);
  });

  /** What is answered to a request that announces so many bytes and sends none. */
  function announced(bytes: number, token: string): Promise<string> {
    const { hostname, port, host } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const head = [
      `POST ${target} HTTP/1.1`,
      `host: ${host}`,
      `authorization: Bearer ${token}`,
      'content-type: application/octet-stream',
      `content-length: ${bytes}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      socket.once('error', reject).once('data', (chunk) => {
        resolve(chunk.toString('latin1'));
        socket.destroy();
      });
    });
  }
});

describe('afterwards', () => {
  it('nothing kept others from the event loop for more than 200 ms of CPU time', async () => {
    const busy = (await readFile(watch, 'utf8')).split('\n').map(Number);
    expect(Math.max(...busy), `pieces of more than 50 ms: ${busy.join(' ')}`).toBeLessThanOrEqual(200);
  });

  it('the server is alive, and nothing went wrong inside', async () => {
    expect((await client.call['system.status']()).internalErrors).toBe(0);
  });

  it.skipIf(!hasProc)(
    'a model in the middle of a run ends with a server that is killed (needs /proc)',
    async () => {
      await importModel(ENDLESS);
      const pid = await vi.waitFor(() => {
        const found = treeOf(server.pid).find((one) => {
          // Not the sandbox around it.
          const command = commandOf(one);
          return command.startsWith(process.execPath) && command.includes('model-process.js');
        });
        expect(found).toBeDefined();
        return found!;
      }, patience);
      await server.end('SIGKILL');
      await vi.waitFor(() => expect(commandOf(pid)).not.toContain('model-process.js'), patience);
    },
  );
});
