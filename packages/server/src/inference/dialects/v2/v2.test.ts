import { join } from 'node:path';
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBfloat16, toFloat16 } from '../../../stages/pack/index.ts';
import { constantBundle, forestBundle } from '../../../testing/bundle-builder.ts';
import { inferenceClient, type Reply } from '../../../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../../../testing/running-inference.ts';
import { writeRawValues } from './raw-values.ts';

const MIB = 1024 * 1024;

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference({ maxBodyBytes: MIB, compressFromBytes: 1024, maxRows: 5000 });
  const [first, second, lone] = await Promise.all([
    constantBundle(join(running.home, 'first'), 0.2),
    constantBundle(join(running.home, 'second'), 0.7),
    forestBundle(join(running.home, 'lone'), { trees: 3, depth: 2, columns: 1, seed: 1 }),
  ]);
  const churn = endpointOf('churn', ['good-token'], 3, second);
  const [route] = endpointOf('churn', [], 2, first).routes;
  await running.dataPlane.apply({
    endpoints: [
      { ...churn, routes: [...churn.routes, { ...route!, weight: 0 }] },
      endpointOf('lone', ['lone-token'], 1, lone),
      endpointOf('other', ['other-token'], 1, first),
    ],
  });
});
afterAll(() => running.end());

const { call, get, post } = inferenceClient(() => running, 'good-token');

describe('the Open Inference Protocol', () => {
  const infer = (body: unknown) => post('/v2/models/churn/infer', body);
  const charges = { name: 'total charges', datatype: 'FP64', shape: [2], data: [1, 2] };

  it('tells health and metadata', async () => {
    expect((await get('/v2/health/live')).json()).toEqual({ live: true });
    expect((await get('/v2/health/ready')).json()).toEqual({ ready: true });
    expect((await get('/v2')).json()).toEqual({
      name: 'slipway',
      version: '1',
      extensions: expect.arrayContaining(['binary_tensor_data', 'model_configuration', 'statistics']),
    });
    expect((await get('/v2/models/churn/ready')).json()).toEqual({ name: 'churn', ready: true });
    expect((await get('/v2/models/churn')).json()).toMatchObject({
      name: 'churn',
      versions: ['3', '2'],
      inputs: [
        { name: 'age', datatype: 'FP64', shape: [-1] },
        { name: 'total charges', datatype: 'FP64', shape: [-1] },
        { name: 'contract', datatype: 'BYTES', shape: [-1] },
        { name: 'active', datatype: 'BOOL', shape: [-1] },
        { name: 'since', datatype: 'BYTES', shape: [-1] },
      ],
    });
  });

  it('infers from one tensor a column, flat or nested, null for missing', async () => {
    const reply = await infer({
      id: 'call-1',
      inputs: [
        charges,
        { name: 'contract', datatype: 'BYTES', shape: [2, 1], data: [['Monthly'], [null]] },
        { name: 'active', datatype: 'BOOL', shape: [2], data: [true, false] },
      ],
    });
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      model_name: 'churn',
      model_version: '3',
      id: 'call-1',
      outputs: [
        { name: 'value', datatype: 'BYTES', shape: [2], data: ['Yes', 'Yes'] },
        {
          name: 'probability_No',
          datatype: 'FP64',
          shape: [2],
          data: Array(2).fill(expect.closeTo(0.3, 12)),
        },
        {
          name: 'probability_Yes',
          datatype: 'FP64',
          shape: [2],
          data: Array(2).fill(expect.closeTo(0.7, 12)),
        },
        {
          name: 'prediction_id',
          datatype: 'BYTES',
          shape: [2],
          data: Array(2).fill(expect.stringMatching(/^p_/)),
        },
      ],
    });
  });

  it('gives only the outputs that are asked for', async () => {
    const reply = await infer({ inputs: [charges], outputs: [{ name: 'value' }] });
    expect((reply.json().outputs as unknown[]).length).toBe(1);
  });

  it.each([
    ['an unknown tensor', { inputs: [{ ...charges, name: 'nope' }] }, 400],
    ['a name that is an object', { inputs: [{ ...charges, name: { toString: 1 } }] }, 400],
    [
      'a datatype that is an object',
      { inputs: [{ ...charges, datatype: { toString: 1, valueOf: 2 } }] },
      400,
    ],
    [
      'a table whose values are objects',
      { inputs: [{ name: 'all', datatype: 'FP64', shape: [1, 2], data: [{ toString: 1 }, []] }] },
      400,
    ],
    ['a wrong datatype', { inputs: [{ ...charges, datatype: 'BYTES' }] }, 400],
    ['a wrong value', { inputs: [{ ...charges, data: [1, '2'] }] }, 400],
    ['a shape that does not fit', { inputs: [{ ...charges, shape: [3] }] }, 400],
    ['uneven tensors', { inputs: [charges, { name: 'age', datatype: 'FP32', shape: [1], data: [1] }] }, 400],
    ['a tensor twice', { inputs: [charges, charges] }, 400],
    ['no inputs', { inputs: [] }, 400],
    ['an unknown output', { inputs: [charges], outputs: [{ name: 'nope' }] }, 400],
    ['half floats as JSON', { inputs: [{ ...charges, datatype: 'FP16' }] }, 400],
    ['a tensor without values', { inputs: [{ ...charges, data: undefined }] }, 400],
    [
      'bytes that are not there',
      { inputs: [{ ...charges, data: undefined, parameters: { binary_data_size: 16 } }] },
      400,
    ],
    [
      'a tensor that is JSON and bytes',
      { inputs: [{ ...charges, parameters: { binary_data_size: 16 } }] },
      400,
    ],
    ['a number as id', { id: 1, inputs: [charges] }, 400],
    ['parameters that are no object', { inputs: [charges], parameters: 1 }, 400],
    [
      'classifications',
      { inputs: [charges], outputs: [{ name: 'value', parameters: { classification: 2 } }] },
      501,
    ],
  ])('refuses %s in its own words', async (_, body, status) => {
    const reply = await infer(body);
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual({ error: expect.any(String) });
  });

  it.each([
    ['POST', '/v2/models/churn/infer', { authorization: 'Bearer bad' }, 401],
    ['POST', '/v2/models/churn/infer', { authorization: 'Bearer other-token' }, 403],
    ['GET', '/v2/models/nope', {}, 404],
    ['GET', '/v2/nope', {}, 404],
    ['GET', '/v2/models/churn/infer', {}, 405],
  ])('answers %s %s with %j by {"error"} and %i', async (method, path, headers, status) => {
    const reply = await call(path, { method, headers: headers as Record<string, string> });
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual({ error: expect.any(String) });
  });
});

/** A request whose tensors are bytes after the JSON, as clients of Triton write it. */
function binaryBody(
  tensors: { name: string; datatype: string; shape: number[]; bytes: Buffer }[],
  more: Record<string, unknown> = {},
) {
  const inputs = tensors.map(({ bytes, ...tensor }) => ({
    ...tensor,
    parameters: { binary_data_size: bytes.length },
  }));
  const header = Buffer.from(JSON.stringify({ inputs, ...more }));
  const body = Buffer.concat([header, ...tensors.map(({ bytes }) => bytes)]);
  return { body, headers: { 'inference-header-content-length': String(header.length) } };
}

const CHARGES = {
  name: 'total charges',
  datatype: 'FP64',
  shape: [2],
  bytes: writeRawValues([1.5, 2.5], 'FP64'),
};

/** The outputs of an answer by name, read from JSON or from the bytes after it. */
function outputsOf(reply: Reply): Record<string, unknown> {
  const length = Number(reply.headers['inference-header-content-length'] ?? reply.bytes.length);
  const { outputs } = JSON.parse(reply.bytes.subarray(0, length).toString()) as {
    outputs: { name: string; data?: unknown; parameters?: { binary_data_size: number } }[];
  };
  let at = length;
  return Object.fromEntries(
    outputs.map(({ name, data, parameters }) => {
      if (parameters === undefined) return [name, data];
      at += parameters.binary_data_size;
      return [name, reply.bytes.subarray(at - parameters.binary_data_size, at)];
    }),
  );
}

describe('binary tensors', () => {
  const infer = (sent: { body: Buffer; headers: Record<string, string> }) =>
    call('/v2/models/churn/infer', sent);

  it('come in and go out beside JSON, as each output asks', async () => {
    const texts = {
      name: 'contract',
      datatype: 'BYTES',
      shape: [2],
      bytes: writeRawValues(['Monthly', 'Jährlich'], 'BYTES'),
    };
    const flags = { name: 'active', datatype: 'BOOL', shape: [2, 1], bytes: Buffer.from([1, 0]) };
    const outputs = [
      { name: 'probability_Yes', parameters: { binary_data: true } },
      { name: 'value' },
      { name: 'prediction_id', parameters: { binary_data: true } },
    ];
    const reply = await infer(binaryBody([CHARGES, texts, flags], { outputs }));
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/octet-stream');
    const answered = outputsOf(reply);
    expect(answered.value).toEqual(['Yes', 'Yes']);
    const probabilities = answered.probability_Yes as Buffer;
    expect(probabilities.readDoubleLE(8)).toBeCloseTo(0.7, 12);
    expect((answered.prediction_id as Buffer).readUInt32LE(0)).toBe('p_'.length + 22);
  });

  it('are the default for outputs when the request says so', async () => {
    const parameters = { binary_data_output: true };
    const outputs = [{ name: 'value', parameters: { binary_data: false } }, { name: 'probability_No' }];
    const answered = outputsOf(await infer(binaryBody([CHARGES], { parameters, outputs })));
    expect(answered.value).toEqual(['Yes', 'Yes']);
    expect(answered.probability_No).toBeInstanceOf(Buffer);
  });

  it.each([
    ['FP64', writeRawValues([3], 'FP64')],
    ['FP32', writeRawValues([3], 'FP32')],
    ['INT64', writeRawValues([3], 'INT64')],
    ['INT32', writeRawValues([3], 'INT32')],
    ['INT16', writeRawValues([3], 'INT16')],
    ['INT8', writeRawValues([3], 'INT8')],
    ['UINT64', writeRawValues([3], 'UINT64')],
    ['UINT32', writeRawValues([3], 'UINT32')],
    ['UINT16', writeRawValues([3], 'UINT16')],
    ['UINT8', writeRawValues([3], 'UINT8')],
    ['FP16', Buffer.from(Uint16Array.of(toFloat16(3)).buffer)],
    ['BF16', Buffer.from(Uint16Array.of(toBfloat16(3)).buffer)],
  ])('of %s are read as the numbers they are', async (datatype, bytes) => {
    const token = { authorization: 'Bearer lone-token' };
    const sent = binaryBody([{ name: 'x0', datatype, shape: [1], bytes }]);
    const reply = await call('/v2/models/lone/infer', { ...sent, headers: { ...sent.headers, ...token } });
    const same = await post('/endpoints/lone/predict', { rows: [{ x0: 3 }] }, token);
    const [prediction] = same.json().predictions as { probabilities: { Yes: number } }[];
    expect(outputsOf(reply).probability_Yes).toEqual([prediction!.probabilities.Yes]);
  });

  it('hold missing values as NaN and as empty text', async () => {
    const age = { name: 'age', datatype: 'FP32', shape: [2], bytes: writeRawValues([null, 4], 'FP32') };
    const texts = {
      name: 'contract',
      datatype: 'BYTES',
      shape: [2],
      bytes: writeRawValues(['', 'x'], 'BYTES'),
    };
    expect((await infer(binaryBody([CHARGES, age, texts]))).status).toBe(200);
    const missing = { ...CHARGES, bytes: writeRawValues([null, 1], 'FP64') };
    expect((await infer(binaryBody([missing]))).status).toBe(200);
    const reply = await infer(binaryBody([{ ...age, shape: [2] }]));
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('total charges');
  });

  it('may be all of the body where the model takes one column', async () => {
    const headers = { authorization: 'Bearer lone-token', 'inference-header-content-length': '0' };
    const reply = await call('/v2/models/lone/infer', { headers, body: writeRawValues([1, 2, 3], 'FP64') });
    expect((outputsOf(reply).probability_Yes as Buffer).length).toBe(3 * 8);
    const refused = await infer({
      body: writeRawValues([1], 'FP64'),
      headers: { 'inference-header-content-length': '0' },
    });
    expect(refused.status).toBe(400);
  });

  it.each([
    ['a size that is not a number', { binary_data_size: 'many' }, Buffer.alloc(16)],
    ['a size below nothing', { binary_data_size: -8 }, Buffer.alloc(16)],
    ['bytes missing', { binary_data_size: 16 }, Buffer.alloc(8)],
    ['bytes left over', { binary_data_size: 16 }, Buffer.alloc(24)],
    ['a size that does not fit the shape', { binary_data_size: 8 }, Buffer.alloc(8)],
  ])('with %s are refused', async (_, parameters, bytes) => {
    const { bytes: _bytes, ...tensor } = CHARGES;
    const header = Buffer.from(JSON.stringify({ inputs: [{ ...tensor, parameters }] }));
    const headers = { 'inference-header-content-length': String(header.length) };
    const reply = await infer({ headers, body: Buffer.concat([header, bytes]) });
    expect(reply.status).toBe(400);
    expect(reply.json()).toEqual({ error: expect.any(String) });
  });

  it.each([
    ['a length past the end', Buffer.from([200, 0, 0, 0, 65])],
    ['no room for a length', Buffer.from([1, 0])],
    ['text that is not UTF-8', Buffer.from([1, 0, 0, 0, 0xff, 1, 0, 0, 0, 65])],
    ['a value too few', writeRawValues(['a'], 'BYTES')],
    ['a value too many', writeRawValues(['a', 'b', 'c'], 'BYTES')],
  ])('of texts with %s are refused', async (_, bytes) => {
    const reply = await infer(
      binaryBody([CHARGES, { name: 'contract', datatype: 'BYTES', shape: [2], bytes }]),
    );
    expect(reply.status).toBe(400);
  });

  it.each(['-1', '1e9', '999999', ''])('with the header length %j are refused', async (length) => {
    const { body } = binaryBody([CHARGES]);
    const reply = await infer({ body, headers: { 'inference-header-content-length': length } });
    expect(reply.status).toBe(400);
  });
});

describe('compression', () => {
  const body = JSON.stringify({
    inputs: [{ name: 'total charges', datatype: 'FP64', shape: [1], data: [1] }],
  });
  const many = { name: 'total charges', datatype: 'FP64', shape: [500], data: Array(500).fill(1) };

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('of a body by %s is undone; lengths are those of what was compressed', async (encoding, pack) => {
    const headers = { 'content-encoding': encoding };
    const reply = await call('/v2/models/churn/infer', { headers, body: pack(body) });
    expect(outputsOf(reply).value).toEqual(['Yes']);
    const sent = binaryBody([CHARGES]);
    const binary = await call('/v2/models/churn/infer', {
      headers: { ...headers, ...sent.headers },
      body: pack(sent.body),
    });
    expect(outputsOf(binary).value).toEqual(['Yes', 'Yes']);
  });

  it('of an answer is done for those who accept it, when it is worth it', async () => {
    const headers = { 'accept-encoding': 'br, gzip;q=0.8' };
    const large = await post('/v2/models/churn/infer', { inputs: [many] }, headers);
    expect(large.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(JSON.parse(gunzipSync(large.bytes).toString())).toMatchObject({ model_name: 'churn' });
    const small = await call('/v2/models/churn/infer', { headers, body });
    expect(small.headers['content-encoding']).toBeUndefined();
    const refused = await post(
      '/v2/models/churn/infer',
      { inputs: [many] },
      { 'accept-encoding': 'gzip;q=0' },
    );
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('that unpacks beyond the limit is put out there', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB, ' '));
    expect(bomb.length).toBeLessThan(MIB / 8);
    const headers = { 'content-encoding': 'gzip' };
    const before = (await running.dataPlane.stats()).residentBytes;
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => call('/v2/models/churn/infer', { headers, body: bomb })),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(413));
    const { residentBytes, inFlight } = await running.dataPlane.stats();
    expect(inFlight).toBe(0);
    expect(residentBytes - before).toBeLessThan(64 * MIB);
  });

  it('that is none, or is cut off, is refused', async () => {
    const headers = { 'content-encoding': 'gzip' };
    for (const sent of [Buffer.from(body), gzipSync(body).subarray(0, 20)]) {
      const reply = await call('/v2/models/churn/infer', { headers, body: sent });
      expect(reply.status).toBe(400);
      expect(reply.json()).toEqual({ error: expect.stringContaining('Content-Encoding') });
    }
    expect((await running.dataPlane.stats()).inFlight).toBe(0);
  });
});

describe('versions', () => {
  const charges = { name: 'total charges', datatype: 'FP64', shape: [1], data: [1] };

  it('answer by their number, also those without a share of the traffic', async () => {
    const first = await post('/v2/models/churn/versions/2/infer', { inputs: [charges] });
    expect(first.json()).toMatchObject({ model_version: '2' });
    expect(outputsOf(first).value).toEqual(['No']);
    const second = await post('/v2/models/churn/versions/3/infer', { inputs: [charges] });
    expect(outputsOf(second).value).toEqual(['Yes']);
    expect((await get('/v2/models/churn/versions/2/ready')).json()).toEqual({ name: 'churn', ready: true });
  });

  it('that are not served are told so', async () => {
    const reply = await post('/v2/models/churn/versions/9/infer', { inputs: [charges] });
    expect(reply.status).toBe(404);
    expect(reply.json().error).toMatch('version 9');
  });
});

describe('what Triton tells besides', () => {
  it('is told: the configuration', async () => {
    const config = (await get('/v2/models/churn/config')).json();
    expect(config).toMatchObject({ name: 'churn', max_batch_size: 0 });
    expect(config.input).toContainEqual({
      name: 'contract',
      data_type: 'TYPE_STRING',
      dims: [-1],
      optional: true,
    });
    expect(config.output).toContainEqual({ name: 'value', data_type: 'TYPE_STRING', dims: [-1] });
  });

  it('is told: the statistics, of this token’s models alone', async () => {
    const token = { authorization: 'Bearer other-token' };
    const rows = { name: 'total charges', datatype: 'FP64', shape: [3], data: [1, 2, 3] };
    await post('/v2/models/other/infer', { inputs: [rows] }, token);
    await post('/v2/models/other/infer', { inputs: [{ ...rows, datatype: 'BYTES' }] }, token);
    const { model_stats } = (await get('/v2/models/stats', token)).json();
    expect(model_stats).toEqual([
      expect.objectContaining({
        name: 'other',
        version: '1',
        inference_count: 3,
        execution_count: 1,
        inference_stats: expect.objectContaining({
          success: { count: 1, ns: expect.any(Number) },
          fail: { count: 1, ns: expect.any(Number) },
        }),
      }),
    ]);
    expect((await get('/v2/models/other/versions/1/stats', token)).json()).toEqual({ model_stats });
  });

  it('is told: the index of the repository, of this token’s models alone', async () => {
    const index = await call('/v2/repository/index');
    expect(index.json()).toEqual([
      { name: 'churn', version: '3', state: 'READY', reason: '' },
      { name: 'churn', version: '2', state: 'READY', reason: '' },
    ]);
    expect((await call('/v2/repository/index', { headers: { authorization: '' } })).status).toBe(401);
  });

  it('lets a token ask for what is loaded, and take nothing away', async () => {
    expect((await call('/v2/repository/models/churn/load', { body: '{}' })).status).toBe(200);
    expect((await call('/v2/repository/models/churn/unload')).status).toBe(403);
    expect((await call('/v2/repository/models/other/load')).status).toBe(403);
    expect((await call('/v2/repository/models/nope/load')).status).toBe(404);
    expect((await get('/v2/models/churn/ready')).status).toBe(200);
  });
});
