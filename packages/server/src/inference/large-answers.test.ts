import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { freePort } from '../testing/free-port.ts';
import { grpcCaller } from '../testing/grpc-infer.ts';
import { importedBundle } from '../testing/imported-bundle.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';
import { denseModel, textModel, wideModel } from '../testing/sample-onnx.ts';

const MIB = 1024 * 1024;
/** Values of a row: 80 kB as bytes, and up to 500 kB as JSON. */
const WIDTH = 20_000;
const VALUE = 0.123;

let running: RunningInference;
let grpcAddress: string;
const client = inferenceClient(() => running, 'secret');

beforeAll(async () => {
  const grpcPort = await freePort();
  grpcAddress = `127.0.0.1:${grpcPort}`;
  running = await runningInference({
    grpcPort,
    modelProcesses: 1,
    maxAnswerBytes: 120 * MIB,
    answerMemoryMegabytes: 256,
    maxHoldMs: 400,
    maxWaitMs: 60_000,
  });
  const processes = modelProcesses(running.modelEntry);
  const make = (model: Uint8Array) => importedBundle(running.home, processes, model);
  const wide = await make(wideModel(WIDTH));
  const limited = (name: string, maxAnswerBytes: number) => ({
    ...endpointOf(name, ['secret'], 1, wide),
    limits: { maxAnswerBytes },
  });
  const outcomes = await running.dataPlane.apply({
    endpoints: [
      limited('wide', 32 * MIB),
      limited('capped', 100_000),
      endpointOf('huge', ['secret'], 1, wide),
      endpointOf('other', ['secret'], 1, wide),
      endpointOf('text', ['secret'], 1, await make(textModel())),
      endpointOf('dense', ['secret'], 1, await make(denseModel())),
      endpointOf('churn', ['secret'], 1, await constantBundle(join(running.home, 'churn'), 0.7)),
    ],
  });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}, 180_000);
afterAll(() => running?.end());

function ask(rows: number, more: object = {}): object {
  const data = Array.from({ length: rows }, (_, i) => VALUE + i);
  return { ...more, inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 1], data }] };
}
const AS_BYTES = { parameters: { binary_data_output: true } };

/** What the model answers for a row. */
function numberOf(row: number): number {
  return Math.fround(VALUE + row);
}

/** A request whose answer is not read before it is asked for. */
async function unread(
  path: string,
  body: object,
): Promise<{ response: IncomingMessage; sent: ClientRequest; read: () => Promise<number> }> {
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
  const sent = request(new URL(path, running.dataPlane.url()), { method: 'POST', headers });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.pause();
  response.on('error', () => {});
  const read = async () => {
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    return bytes;
  };
  return { response, sent, read };
}

const small = () => client.post('/endpoints/churn/predict', { rows: [GOOD_ROW] });

describe('a large answer', () => {
  it('holds in JSON the numbers that it holds in bytes', async () => {
    const rows = 20;
    const json = await client.post('/v2/models/wide/infer', ask(rows));
    const bytes = await client.post('/v2/models/wide/infer', ask(rows, AS_BYTES));
    const [output] = json.json().outputs as { name: string; shape: number[]; data: number[] }[];
    expect([output?.name, output?.shape]).toEqual(['y', [rows, WIDTH]]);
    const head = Number(bytes.headers['inference-header-content-length']);
    expect(bytes.headers['content-length']).toBe(String(bytes.bytes.length));
    expect(bytes.bytes.length - head).toBe(4 * rows * WIDTH);
    const told = new Float32Array(Uint8Array.from(bytes.bytes.subarray(head)).buffer);
    expect(output!.data.findIndex((value, i) => value !== told[i])).toBe(-1);
    expect(output!.data.at(-1)).toBe(numberOf(rows - 1));
    expect(json.headers['x-slipway-model-version']).toBe('1');
  });

  it('is told by rows in the other protocols, and logged', async () => {
    const rows = Array.from({ length: 3 }, (_, i) => ({ x: [VALUE + i] }));
    const own = await client.post('/endpoints/wide/predict', { rows });
    const v1 = await client.post('/v1/models/wide:predict', { instances: rows });
    type Prediction = { id: string; value: null; outputs: { y: number[] } };
    for (const reply of [own, v1]) {
      const { predictions } = reply.json() as { predictions: Prediction[] };
      expect(predictions.map(({ value, outputs: { y } }) => [value, y.length, y[WIDTH - 1]])).toEqual(
        rows.map((_, i) => [null, WIDTH, numberOf(i)]),
      );
    }
    const [{ id }] = (own.json() as { predictions: [Prediction] }).predictions;
    const logged = async () => {
      const ids: string[] = [];
      for await (const batch of predictionLogReader(running.logDir).read('wide', {}))
        ids.push(...batch.map((record) => record.id));
      return ids;
    };
    await expect.poll(logged, { timeout: 10_000 }).toContain(id);
  });

  it('is compressed for those who ask, as it is written', async () => {
    const reply = await client.post('/v2/models/wide/infer', ask(5), { 'accept-encoding': 'gzip' });
    expect(reply.headers['content-encoding']).toBe('gzip');
    const { outputs } = JSON.parse(gunzipSync(reply.bytes).toString()) as { outputs: { data: number[] }[] };
    expect(outputs[0]!.data).toHaveLength(5 * WIDTH);
  });

  it('may be half JSON and half bytes, and of texts', async () => {
    const data = Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 'good' : `"${i}" ☃`));
    const body = {
      inputs: [{ name: 'text', datatype: 'BYTES', shape: [data.length], data }],
      outputs: [{ name: 'echo' }, { name: 'class', parameters: { binary_data: true } }],
    };
    const reply = await client.post('/v2/models/text/infer', body);
    const head = Number(reply.headers['inference-header-content-length']);
    const { outputs } = JSON.parse(reply.bytes.subarray(0, head).toString()) as {
      outputs: { data: string[] }[];
    };
    expect(outputs[0]!.data).toEqual(data);
    expect(reply.bytes.length - head).toBe(8 * data.length);
    expect(reply.bytes.readBigInt64LE(head + 8)).toBe(-1n);
  });
});

describe('while one endpoint gives a large answer, another', () => {
  it('answers before it is over', async () => {
    const order: string[] = [];
    const { response, read } = await unread('/v2/models/wide/infer', ask(60));
    const large = read().then(() => order.push('large'));
    await once(response, 'readable');
    await small().then(() => order.push('small'));
    await large;
    expect(order).toEqual(['small', 'large']);
  });

  it('answers though nobody reads it', async () => {
    const { read } = await unread('/v2/models/wide/infer', ask(60));
    for (let i = 0; i < 20; i++) expect((await small()).status).toBe(200);
    expect((await running.dataPlane.stats()).inFlight).toBeGreaterThan(0);
    expect(await read()).toBeGreaterThan(20 * 60 * WIDTH * 0.8);
  });
});

async function executions(endpoint: string): Promise<number> {
  const { text } = await client.get('/metrics');
  const line = new RegExp(
    `^slipway_inference_executions_total\\{endpoint="${endpoint}",version="1"\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(text)?.[1] ?? 0);
}

/** As bytes 33 MB, which is over the limit before the model runs. */
const TOO_MANY = 420;
/** As bytes 16 MB, and as JSON over the limit, which shows when it is written. */
const TOO_LONG = 200;

describe('an answer over the limit', () => {
  const SAYS = { code: 'predict.answer-too-large', status: 413 };

  it.each([
    ['V2', '/v2/models/wide/infer', ask],
    ['rows', '/endpoints/wide/predict', (rows: number) => ({ rows: Array(rows).fill({ x: [1] }) })],
    [
      'KServe',
      '/v1/models/wide:predict',
      (rows: number) => ({ instances: Array(rows).fill({ x: [1.2345] }) }),
    ],
  ])(
    'is refused in the words of %s, before the model runs where its shape says so',
    async (_, path, body) => {
      const before = await executions('wide');
      const reply = await client.post(path, body(TOO_MANY));
      expect([reply.status, reply.text]).toEqual([
        413,
        expect.stringMatching(/response.*33600000.*33554432/),
      ]);
      expect(await executions('wide')).toBe(before);
    },
  );

  it('is refused when it turns out too long as it is written, and nothing of it was sent', async () => {
    const reply = await client.post('/v2/models/wide/infer', ask(TOO_LONG));
    expect([reply.status, reply.text]).toEqual([413, expect.stringContaining('"error":')]);
    expect((await client.post('/v2/models/wide/infer', ask(TOO_LONG, AS_BYTES))).status).toBe(200);
    expect((await small()).status).toBe(200);
  });

  it('is refused by the limit of its endpoint', async () => {
    const refused = await client.post('/endpoints/capped/predict', { rows: [{ x: [1] }, { x: [2] }] });
    expect(refused.json()).toMatchObject({ ...SAYS, details: { bytes: 160_000, limitBytes: 100_000 } });
    expect((await client.post('/v2/models/capped/infer', ask(1, AS_BYTES))).status).toBe(200);
  });

  it('is refused over gRPC as exhausted resources', async () => {
    const grpc = grpcCaller(grpcAddress, 'secret');
    const infer = (rows: number) => grpc.infer('wide', [rows, 1]);
    expect(await infer(100)).toMatchObject({ code: status.OK, bytes: 100 * 4 * WIDTH });
    expect(await infer(TOO_MANY)).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      says: expect.stringContaining('response'),
    });
    grpc.close();
  });
});

describe('the memory of answers', () => {
  /** 100 MB: more than the system takes from us before somebody reads it, and more than half of what one endpoint may have. */
  const large = ask(1250, AS_BYTES);

  it('is taken before models run: what is not there is waited for, then refused with a time to come back', async () => {
    const held = await unread('/v2/models/huge/infer', large);
    const before = await executions('huge');
    const refused = await client.post('/v2/models/huge/infer', large);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(await executions('huge')).toBe(before);
    // Others have a share of their own.
    expect((await client.post('/v2/models/other/infer', large)).status).toBe(200);
    expect(await held.read()).toBeGreaterThan(100_000_000);
    expect((await client.post('/v2/models/huge/infer', large)).status).toBe(200);
  });

  it('comes back from a client that goes away in the middle', async () => {
    const { sent } = await unread('/v2/models/huge/infer', large);
    sent.destroy();
    await expect.poll(async () => (await running.dataPlane.stats()).inFlight).toBe(0);
    expect((await client.post('/v2/models/huge/infer', large)).status).toBe(200);
  });
});

function denseAsk(rows: number): object {
  const data = Array.from({ length: rows * 8 }, (_, i) => Math.sin(i));
  return { inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 8], data }] };
}

describe('a large request', () => {
  it('is answered as many small ones are', async () => {
    const rows = 4000;
    const whole = await client.post('/v2/models/dense/infer', denseAsk(rows));
    const one = await client.post('/v2/models/dense/infer', denseAsk(1));
    type Told = { outputs: { shape: number[]; data: number[] }[] };
    const [scores] = (whole.json() as Told).outputs;
    expect(scores!.shape).toEqual([rows, 3]);
    expect(scores!.data.slice(0, 3)).toEqual((one.json() as Told).outputs[0]!.data);
    const instances = Array.from({ length: 9000 }, () => ({ ...GOOD_ROW, note: undefined }));
    const columns = await client.post('/v1/models/churn:predict', { instances });
    expect((columns.json().predictions as unknown[]).length).toBe(9000);
  });

  it('that is no JSON is refused in the words of its protocol', async () => {
    const body = JSON.stringify(denseAsk(4000)).slice(0, -3);
    const reply = await client.call('/v2/models/dense/infer', { body });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('ends in the middle')]);
  });
});
