import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import { parseExactJson } from '../kernel/index.ts';
import { classBundle, forestBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
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
    endpointOf(
      'integers',
      ['token'],
      1,
      await classBundle(join(running.home, 'integers'), ['0', '1'], 'number'),
    ),
    endpointOf(
      'booleans',
      ['token'],
      1,
      await classBundle(join(running.home, 'booleans'), ['false', 'true'], 'boolean'),
    ),
    endpointOf(
      'words',
      ['token'],
      1,
      await classBundle(join(running.home, 'words'), ['false', 'true'], 'string'),
    ),
    endpointOf(
      'numbers',
      ['token'],
      1,
      await forestBundle(join(running.home, 'numbers'), { trees: 3, depth: 2, columns: 2, seed: 1 }),
    ),
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
    ['REST', '/endpoints/orders/predict', { rows: [ORDER, LARGE] }, 'detail', 'rows[1]'],
    ['V2', '/v2/models/orders/infer', tensorsOf([ORDER, LARGE]), 'error', 'row index 1'],
    [
      'MLflow',
      '/endpoints/orders/invocations',
      { dataframe_records: [ORDER, LARGE] },
      'message',
      'row index 1',
    ],
    ['KServe V1', '/v1/models/orders:predict', { instances: [ORDER, LARGE] }, 'error', 'instances[1]'],
  ])('is 422 in %s, with its row and its column', async (_, path, body, member, row) => {
    const reply = await post(path, body);
    expect([reply.status, reply.json()[member]]).toEqual([
      422,
      expect.stringContaining(`for ${row} is not a finite number; the cause is amount = 1e+50`),
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

async function loggedLines(endpoint = 'orders'): Promise<string[]> {
  const folder = join(running.logDir, endpoint);
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
    expect([reply.status, reply.text]).toEqual([
      400,
      expect.stringContaining('(row index 1, column amount)'),
    ]);
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

  it('with half of a surrogate pair, which UTF-8 does not have, is refused with its place', async () => {
    const body = '{"inputs":[{"name":"text","datatype":"BYTES","shape":[2],"data":["a","\\ud800"]}]}';
    const reply = await call('/v2/models/echo/infer', { body });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('data[1]')]);
    const whole = await call('/v2/models/echo/infer', { body: body.replace('ud800', 'ud83d\\ude00') });
    expect(whole.json()).toMatchObject({ outputs: [{ data: ['a', '😀'] }] });
  });

  it('of CSV that is empty or not UTF-8 is refused as CSV', async () => {
    const csv = (body: string | Buffer) =>
      call('/endpoints/orders/invocations', { body, headers: { 'content-type': 'text/csv' } });
    expect((await csv(Buffer.from([0x61, 0xff, 0x0a]))).text).toContain('the CSV is not UTF-8');
    expect((await csv('')).text).toContain('the CSV has no header');
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

describe('a class', () => {
  const rows = [GOOD_ROW];
  const inputs = [column('total charges', 'FP64', [41])];

  it.each([
    ['integers', 1, 'INT64'],
    ['booleans', true, 'BOOL'],
    ['words', 'true', 'BYTES'],
  ])(
    'of %s is answered as %j in every protocol, and its share by its text',
    async (name, value, datatype) => {
      const rest = await post(`/endpoints/${name}/predict`, { rows });
      expect(rest.json()).toMatchObject({
        predictions: [{ value, probabilities: { [String(value)]: 0.7 } }],
      });
      const v2 = await post(`/v2/models/${name}/infer`, { inputs });
      expect(v2.json()).toMatchObject({ outputs: [{ name: 'value', datatype, data: [value] }, {}, {}, {}] });
      expect((await get(`/v2/models/${name}`)).json()).toMatchObject({ outputs: [{ datatype }, {}, {}, {}] });
      const mlflow = await post(`/endpoints/${name}/invocations`, { dataframe_records: rows });
      expect(mlflow.json()).toMatchObject({ predictions: [{ value }] });
      expect((await post(`/v1/models/${name}:predict`, { instances: rows })).json()).toMatchObject({
        predictions: [{ value }],
      });
    },
  );

  it('of integers travels as such in bytes', async () => {
    const body = { inputs, outputs: [{ name: 'value', parameters: { binary_data: true } }] };
    const { bytes, headers } = await post('/v2/models/integers/infer', body);
    expect(bytes.subarray(Number(headers['inference-header-content-length'])).readBigInt64LE()).toBe(1n);
  });

  it('is logged in its type, and read back as text', async () => {
    await post('/endpoints/integers/predict', { rows });
    const read = async () => {
      for await (const batch of predictionLogReader(running.logDir).read('integers', {})) return batch[0];
      return undefined;
    };
    await expect.poll(read).toMatchObject({ value: '1', probabilities: { 1: 0.7 } });
    expect((await loggedLines('integers'))[0]).toContain('"value":1,');
  });

  it('is described in its type', async () => {
    const api = JSON.stringify((await get('/endpoints/booleans/openapi.json')).json());
    expect(api).toContain('"value":{"type":"boolean","enum":[false,true]}');
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

  it('names the tensors that a model takes', async () => {
    const reply = await post('/endpoints/log/predict', { rows: [{ y: 1 }] });
    expect(reply.json()).toMatchObject({
      status: 422,
      code: 'predict.unknown-tensor',
      path: 'rows[0].y',
      detail: expect.stringContaining('It takes x'),
    });
  });

  it('names the command that makes a token', async () => {
    const reply = await post(
      '/endpoints/orders/predict',
      { rows: [ORDER] },
      { authorization: 'Bearer owner' },
    );
    expect([reply.status, reply.json().hint]).toEqual([
      401,
      expect.stringMatching(/slipway endpoints token.*SLIPWAY_TOKEN_FILE/),
    ]);
  });
});

describe('a prediction with an id of its caller', () => {
  const named = (id: string) => ({ 'x-slipway-prediction-id': id });

  it('is the same for the same rows, and logged once', async () => {
    const row = { ...ORDER, channel: 'named' };
    const first = await post('/endpoints/orders/predict', { rows: [row] }, named('order-1'));
    expect(first.json()).toMatchObject({ predictions: [{ id: 'order-1', value: 12.5 }] });
    const again = await post('/endpoints/orders/predict', { rows: [row] }, named('order-1'));
    expect(again.json()).toEqual(first.json());
    await post('/endpoints/orders/predict', { rows: [{ ...row, channel: 'after' }] });
    await expect.poll(async () => (await loggedLines()).join('')).toContain('"after"');
    expect((await loggedLines()).filter((line) => line.includes('"id":"order-1"'))).toHaveLength(1);
  });

  it('is refused for other rows', async () => {
    await post('/endpoints/orders/predict', { rows: [ORDER] }, named('order-2'));
    const other = await post(
      '/endpoints/orders/predict',
      { rows: [{ ...ORDER, amount: 3 }] },
      named('order-2'),
    );
    expect([other.status, other.json().code]).toEqual([409, 'prediction.id-taken']);
  });

  it('numbers the rows of a request', async () => {
    const reply = await post('/v1/models/orders:predict', { instances: [ORDER, ORDER] }, named('order-3'));
    expect(reply.json()).toMatchObject({ predictions: [{ id: 'order-3.0' }, { id: 'order-3.1' }] });
  });

  it('may come as the id of the V2 protocol, where the request says so', async () => {
    const v2 = (amount: number, parameters?: object) =>
      post('/v2/models/orders/infer', {
        ...{ id: 'order-4', parameters },
        ...tensorsOf([{ ...ORDER, amount }]),
      });
    const names = { prediction_id: true };
    expect((await v2(12.5, names)).json()).toMatchObject({
      id: 'order-4',
      outputs: [{}, { name: 'prediction_id', data: ['order-4'] }],
    });
    expect((await v2(12.5, names)).json()).toMatchObject({ outputs: [{}, { data: ['order-4'] }] });
    const taken = await v2(1, names);
    expect([taken.status, taken.text]).toEqual([409, expect.stringContaining('order-4')]);
    expect((await v2(1)).json()).toMatchObject({
      id: 'order-4',
      outputs: [{}, { data: [expect.stringMatching(/^p_/)] }],
    });
  });

  it('is asked for where a V2 request has none to name them', async () => {
    const reply = await post('/v2/models/orders/infer', {
      parameters: { prediction_id: true },
      ...tensorsOf([ORDER]),
    });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('(id)')]);
  });

  it('is free again where the rows are refused', async () => {
    expect((await post('/endpoints/orders/predict', { rows: [LARGE] }, named('order-5'))).status).toBe(422);
    expect((await post('/endpoints/orders/predict', { rows: [ORDER] }, named('order-5'))).status).toBe(200);
  });

  it.each(['a b', 'x'.repeat(129)])('is refused as %j', async (id) => {
    const reply = await post('/endpoints/orders/predict', { rows: [ORDER] }, named(id));
    expect([reply.status, reply.json().path]).toEqual([400, 'x-slipway-prediction-id']);
  });
});

describe('one tensor of all columns', () => {
  const table = (datatype: string, shape: number[], data: unknown[]) =>
    post('/v2/models/orders/infer', { inputs: [{ name: 'input-0', datatype, shape, data }] });
  const order = async () => {
    const { inputs, parameters } = (await get('/v2/models/orders')).json() as {
      inputs: { name: keyof typeof ORDER }[];
      parameters: { column_order: string };
    };
    const names = inputs.map(({ name }) => name);
    expect(JSON.parse(parameters.column_order)).toEqual(names);
    return names;
  };

  it('of text is read as a file of the dataset, in the order that the metadata tells', async () => {
    const names = await order();
    const cells = { ...ORDER, amount: '12,5', express: 'True' };
    const other = { ...cells, amount: '1.000,25', country: 'FR' };
    const data = [cells, other].flatMap((row) => names.map((name) => String(row[name])));
    const reply = await table('BYTES', [2, names.length], data);
    expect(reply.json()).toMatchObject({ outputs: [{ name: 'value', data: [12.5, 1000.25] }, {}] });
  });

  it('of numbers is refused where a column is text, by its name', async () => {
    const reply = await table('FP32', [1, (await order()).length], [1, 2, 3, 4]);
    expect([reply.status, reply.text]).toEqual([400, expect.stringMatching(/column (day|country) is text/)]);
  });

  it('of numbers is read as numbers and truth', async () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [2, 2], data: [1.5, 2.5, 3.5, null] }];
    const reply = await post('/v2/models/numbers/infer', { inputs });
    const apart = await post('/v2/models/numbers/infer', {
      inputs: [column('x0', 'FP32', [1.5, 3.5]), column('x1', 'FP32', [2.5, null])],
    });
    const [one, two] = [reply, apart].map((each) =>
      (each.json() as { outputs: object[] }).outputs.slice(0, -1),
    );
    expect(one).toEqual(two);
  });

  it('of another width is refused with the order of the columns', async () => {
    const reply = await table('BYTES', [1, 3], ['a', 'b', 'c']);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining((await order()).join(', '))]);
  });
});
