import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { parseExactJson } from '../kernel/index.ts';
import { importedBundle } from '../testing/imported-bundle.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { ORDER, ordersBundle } from '../testing/orders-bundle.ts';
import { echoModel, logModel, longModel } from '../testing/protocol-onnx.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference({ modelProcesses: 1 });
  const processes = modelProcesses(running.modelEntry);
  const make = async (name: string, model: Uint8Array) =>
    endpointOf(name, ['token'], 1, await importedBundle(running.home, processes, model));
  const endpoints = [
    endpointOf('orders', ['token'], 1, await ordersBundle(join(running.home, 'orders'))),
    await make('log', logModel()),
    await make('long', longModel()),
    await make('echo', echoModel()),
  ];
  const outcomes = await running.dataPlane.apply({ endpoints });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}, 120_000);
afterAll(() => running?.end());

const { call, get, post } = inferenceClient(() => running, 'token');

const LARGE = { ...ORDER, amount: 1e50 };
const column = (name: string, datatype: string, data: unknown[]) => ({
  name,
  datatype,
  shape: [data.length],
  data,
});
const tensorsOf = (rows: (typeof ORDER)[]) => ({
  inputs: [
    column(
      'amount',
      'FP64',
      rows.map(({ amount }) => amount),
    ),
    column(
      'country',
      'BYTES',
      rows.map(({ country }) => country),
    ),
    column(
      'day',
      'BYTES',
      rows.map(({ day }) => day),
    ),
    column(
      'express',
      'BOOL',
      rows.map(({ express }) => express),
    ),
  ],
});

describe('a row whose result is not finite', () => {
  it.each([
    ['REST', '/endpoints/orders/predict', { rows: [ORDER, LARGE] }, 'detail'],
    ['V2', '/v2/models/orders/infer', tensorsOf([ORDER, LARGE]), 'error'],
    ['MLflow', '/endpoints/orders/invocations', { dataframe_records: [ORDER, LARGE] }, 'message'],
    ['KServe V1', '/v1/models/orders:predict', { instances: [ORDER, LARGE] }, 'error'],
  ])('is 422 in %s, with its row and its column', async (_, path, body, member) => {
    const reply = await post(path, body);
    expect([reply.status, reply.json()[member]]).toEqual([
      422,
      expect.stringContaining('for rows[1] is not a finite number; the cause is amount = 1e+50'),
    ]);
  });

  it('is logged with none of the rows of its request', async () => {
    const id = 'refused-with-the-other';
    await post('/endpoints/orders/predict', { rows: [{ ...ORDER, id }, LARGE] });
    await post('/endpoints/orders/predict', { rows: [{ ...ORDER, id: 'logged-after' }] });
    await expect.poll(async () => (await loggedLines()).join('')).toContain('logged-after');
    expect((await loggedLines()).join('')).not.toContain(id);
  });
});

async function loggedLines(): Promise<string[]> {
  const folder = join(running.logDir, 'orders');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.ndjson')).map((file) => readFile(join(folder, file), 'utf8')),
  );
  return texts.flatMap((text) => text.split('\n'));
}

describe('a whole number beyond 2^53', () => {
  const digits = '9007199254740993';

  it.each([
    ['REST', '/endpoints/orders/predict', (row: string) => `{"rows":[${row}]}`],
    ['REST, two rows', '/endpoints/orders/predict', (row: string) => `{"rows":[${row},${row}]}`],
    ['MLflow', '/endpoints/orders/invocations', (row: string) => `{"dataframe_records":[${row}]}`],
    ['KServe V1', '/v1/models/orders:predict', (row: string) => `{"instances":[${row}]}`],
  ])('is logged with its digits from %s', async (protocol, path, bodyOf) => {
    const channel = `long by ${protocol}`;
    const row = JSON.stringify({ ...ORDER, channel, id: 0 }).replace('"id":0', `"id":${digits}`);
    expect((await call(path, { body: bodyOf(row) })).status).toBe(200);
    await expect
      .poll(async () => (await loggedLines()).find((line) => line.includes(channel)))
      .toContain(`"id":${digits}`);
  });

  it('is answered with its digits in JSON and in bytes', async () => {
    const body = `{"inputs":[{"name":"n","datatype":"INT64","shape":[2],"data":[${digits},-5]}]}`;
    const reply = await call('/v2/models/long/infer', { body });
    expect(reply.text).toContain(`"datatype":"INT64","shape":[2],"data":[${digits},-5]`);
    const rest = await call('/endpoints/long/predict', { body: `{"rows":[{"n":${digits}}]}` });
    expect(parseExactJson(rest.text)).toMatchObject({ predictions: [{ value: BigInt(digits) }] });
  });

  it('beyond 64 bits is refused where 64 bits are taken', async () => {
    const body = '{"inputs":[{"name":"n","datatype":"INT64","shape":[1],"data":[9223372036854775808]}]}';
    const reply = await call('/v2/models/long/infer', { body });
    expect([reply.status, reply.text]).toEqual([
      400,
      expect.stringContaining('9223372036854775808 is no int64'),
    ]);
  });
});

describe('numbers that JSON has not', () => {
  const infer = (data: string, outputs = '') =>
    call('/v2/models/log/infer', {
      body: `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[${data}]}]${outputs}}`,
    });

  it('are read and written as Triton and its clients do, of a model that was imported', async () => {
    expect((await infer('Infinity,1')).text).toContain('"data":[Infinity,0]');
    expect((await infer('0,NaN')).text).toContain('"data":[-Infinity,NaN]');
    expect((await infer('1,1')).json()).toMatchObject({ outputs: [{ data: [0, 0] }] });
  });

  it('are null in the own protocol, whose answers are JSON', async () => {
    const reply = await post('/endpoints/log/predict', { rows: [{ x: [0, 1] }] });
    expect(reply.json()).toMatchObject({ predictions: [{ outputs: { y: [null, 0] } }] });
  });

  it('are refused with their place where the model takes finite numbers', async () => {
    const body = JSON.stringify(tensorsOf([ORDER, ORDER])).replace(
      '"data":[12.5,12.5]',
      '"data":[1,Infinity]',
    );
    const reply = await call('/v2/models/orders/infer', { body });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('rows[1].amount')]);
  });
});

describe('tensors without rows', () => {
  it('are answered by tensors without rows, by any model', async () => {
    const log = await post('/v2/models/log/infer', {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [0, 2], data: [] }],
    });
    expect(log.json()).toMatchObject({ outputs: [{ name: 'y', shape: [0, 2], data: [] }] });
    const orders = await post('/v2/models/orders/infer', tensorsOf([]));
    expect(orders.json()).toMatchObject({
      outputs: [{ name: 'value', shape: [0], data: [] }, { shape: [0] }],
    });
  });
});

describe('a path', () => {
  it('may be encoded where it need not be', async () => {
    const reply = await post('/v1/models/log%3Apredict?x=1', { instances: [{ x: [1, 1] }] });
    expect(reply.status).toBe(200);
    expect((await get('/v2/models/%6Cog')).status).toBe(200);
  });

  it('is another where a slash is encoded', async () => {
    expect((await get('/v2%2Fmodels/log')).status).toBe(404);
  });
});

describe('text', () => {
  it('keeps NUL, in JSON, in bytes and in the log', async () => {
    const text = 'a\u0000b';
    const json = await post('/v2/models/echo/infer', { inputs: [column('text', 'BYTES', [text])] });
    expect(json.json()).toMatchObject({ outputs: [{ data: [text] }] });
    const orders = await post('/endpoints/orders/predict', {
      rows: [{ ...ORDER, country: text, channel: 'nul' }],
    });
    expect(orders.status).toBe(200);
    await expect
      .poll(async () => (await loggedLines()).find((line) => line.includes('"nul"')))
      .toContain('a\\u0000b');
  });

  it('that is not UTF-8 is refused', async () => {
    const bytes = Buffer.from([3, 0, 0, 0, 0x61, 0xff, 0x62]);
    const head = JSON.stringify({
      inputs: [
        { name: 'text', datatype: 'BYTES', shape: [1], parameters: { binary_data_size: bytes.length } },
      ],
    });
    const body = Buffer.concat([Buffer.from(head), bytes]);
    const reply = await call('/v2/models/echo/infer', {
      body,
      headers: { 'inference-header-content-length': String(head.length) },
    });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('UTF-8')]);
  });
});

describe('a hint', () => {
  it.each([
    ['/v2/models/log/infer', { inputs: [] }, 'GET /v2/models/NAME lists'],
    ['/v2/models/orders/infer', { inputs: [] }, 'Send a tensor'],
    ['/endpoints/orders/invocations', { dataframe_records: [] }, 'dataframe_split'],
    ['/v1/models/orders:predict', { instances: [] }, '"instances"'],
    ['/endpoints/orders/predict', { rows: [] }, '"rows"'],
  ])('is in the words of the protocol of %s', async (path, body, says) => {
    const { text } = await post(path, body);
    expect(text.replaceAll('\\"', '"')).toContain(says);
  });

  it('names the command that makes a token', async () => {
    const reply = await post(
      '/endpoints/orders/predict',
      { rows: [ORDER] },
      { authorization: 'Bearer owner' },
    );
    expect([reply.status, reply.json().hint]).toEqual([
      401,
      expect.stringContaining('slipway endpoints token'),
    ]);
  });
});
