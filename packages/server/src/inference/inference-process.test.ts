import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { type Call, inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

const LIMITS = { maxBodyBytes: 64 * 1024, maxRows: 600, headersTimeoutMs: 300, requestTimeoutMs: 700 };

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference(LIMITS);
  const [churn, other] = await Promise.all([
    constantBundle(join(running.home, 'churn'), 0.7),
    constantBundle(join(running.home, 'other'), 0.2),
  ]);
  const outcomes = await running.dataPlane.apply({
    endpoints: [
      endpointOf('churn', ['good-token', 'second-token'], 3, churn),
      endpointOf('other', ['other-token'], 1, other),
    ],
  });
  expect(outcomes).toEqual([
    { name: 'churn', ok: true },
    { name: 'other', ok: true },
  ]);
});
afterAll(() => running.end());

const { call, get } = inferenceClient(() => running, 'good-token');

const predict = (body: unknown, more: Call = {}) =>
  call('/endpoints/churn/predict', { body: JSON.stringify(body), ...more });

describe('a prediction', () => {
  it('answers in the words of DESIGN §8 and names what made it', async () => {
    const reply = await predict({ rows: [GOOD_ROW, { 'total charges': 1 }] });
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      model: { name: 'churn', version: 3 },
      predictions: [1, 2].map(() => ({
        id: expect.stringMatching(/^p_[0-9a-z]{22}$/),
        value: 'Yes',
        probabilities: { No: expect.closeTo(0.3, 12), Yes: expect.closeTo(0.7, 12) },
      })),
    });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'x-slipway-model': 'churn',
      'x-slipway-model-version': '3',
      'x-request-id': expect.stringMatching(/^req_/),
    });
  });

  it('gives every row an id of its own, also in a request that is done in parts', async () => {
    const rows = Array.from({ length: LIMITS.maxRows }, () => ({ 'total charges': 1 }));
    const { predictions } = (await predict({ rows })).json() as { predictions: { id: string }[] };
    expect(new Set(predictions.map((each) => each.id)).size).toBe(LIMITS.maxRows);
  });

  it('echoes a harmless request id and replaces any other', async () => {
    const headers = { 'x-request-id': 'shop-42' };
    expect((await predict({ rows: [GOOD_ROW] }, { headers })).headers['x-request-id']).toBe('shop-42');
    const odd = { 'x-request-id': '<script>' };
    expect((await predict({ rows: [GOOD_ROW] }, { headers: odd })).headers['x-request-id']).toMatch(/^req_/);
  });

  it.each([['application/json; charset=utf-8'], ['application/json;charset="UTF-8"'], ['Application/JSON']])(
    'takes the content type %s',
    async (type) => {
      expect((await predict({ rows: [GOOD_ROW] }, { headers: { 'content-type': type } })).status).toBe(200);
    },
  );

  it('takes the last of two equal keys', async () => {
    const reply = await call('/endpoints/churn/predict', {
      body: '{"rows":[{"total charges":"text","total charges":1}]}',
    });
    expect(reply.status).toBe(200);
  });
});

describe('a bad request', () => {
  it.each([
    [
      'an unknown column',
      { rows: [GOOD_ROW, { ...GOOD_ROW, agee: 1 }] },
      422,
      'predict.unknown-column',
      'rows[1].agee',
    ],
    ['text for a number', { rows: [{ ...GOOD_ROW, age: '41' }] }, 422, 'predict.wrong-type', 'rows[0].age'],
    [
      'a number for text',
      { rows: [{ ...GOOD_ROW, contract: 1 }] },
      422,
      'predict.wrong-type',
      'rows[0].contract',
    ],
    ['a missing column', { rows: [{ age: 1 }] }, 422, 'predict.missing-column', 'rows[0]["total charges"]'],
    ['no rows', { rows: [] }, 422, 'predict.no-rows', 'rows'],
    ['an empty object', {}, 422, 'predict.no-rows', 'rows'],
    ['rows that are no list', { rows: GOOD_ROW }, 400, 'request.invalid', 'rows'],
    ['a row that is no object', { rows: [GOOD_ROW, 5] }, 400, 'request.invalid', 'rows[1]'],
    ['an unknown key beside rows', { rows: [GOOD_ROW], debug: true }, 400, 'request.invalid', 'debug'],
    ['a list', [GOOD_ROW], 400, 'request.invalid', undefined],
    ['null', null, 400, 'request.invalid', undefined],
    [
      'too many rows',
      { rows: Array.from({ length: 601 }, () => ({})) },
      413,
      'predict.too-many-rows',
      'rows',
    ],
  ])('with %s is refused and told where', async (_, body, status, code, path) => {
    const reply = await predict(body);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    const problem = reply.json();
    expect(problem).toMatchObject({ status, code, requestId: reply.headers['x-request-id'] });
    expect(problem.path).toBe(path);
  });

  it.each([
    ['an empty body', ''],
    ['half a document', '{"rows": [{"age": 1}'],
    ['NaN', '{"rows": [{"age": NaN}]}'],
    ['a byte order mark', '\ufeff{"rows": []}'],
    ['bytes that are not UTF-8', Buffer.from('7b22726f7773223a5b7b22ff223a317d5d7d', 'hex')],
    ['20,000 open brackets', '['.repeat(20_000)],
  ])('with %s is bad JSON', async (_, body) => {
    const reply = await call('/endpoints/churn/predict', { body });
    expect(reply.status).toBe(400);
    expect(reply.json().code).toBe('request.bad-json');
  });

  it('with 20,000 nested lists for a value is a wrong type', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const reply = await call('/endpoints/churn/predict', { body: `{"rows":[{"age":${deep}}]}` });
    expect(reply.json().code).toBe('predict.wrong-type');
  });

  it('with __proto__ pollutes nothing', async () => {
    const reply = await call('/endpoints/churn/predict', {
      body: '{"rows":[{"total charges":1,"__proto__":{"age":1}}]}',
    });
    expect(reply.json().code).toBe('predict.unknown-column');
    const top = await call('/endpoints/churn/predict', { body: '{"__proto__":{"rows":[{}]}}' });
    expect(top.json()).toMatchObject({ code: 'request.invalid', path: '__proto__' });
  });

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/json; charset=latin1' }],
    [{ 'content-encoding': 'br' }],
  ])('with %j is an unsupported medium', async (headers) => {
    const reply = await predict({ rows: [GOOD_ROW] }, { headers });
    expect(reply.status).toBe(415);
    expect(reply.json().code).toBe('request.unsupported-media');
  });

  it('with a body over the limit is told so, whether its length is announced or not', async () => {
    const body = Buffer.alloc(LIMITS.maxBodyBytes + 1, ' ');
    const announced = await call('/endpoints/churn/predict', { body });
    expect(announced.status).toBe(413);
    expect(announced.json()).toMatchObject({
      code: 'request.too-large',
      details: { limitBytes: LIMITS.maxBodyBytes },
    });
    const chunked = await call('/endpoints/churn/predict', {
      headers: { 'transfer-encoding': 'chunked' },
      body,
    });
    expect(chunked.status).toBe(413);
  });

  it('leaves the process well', async () => {
    expect((await predict({ rows: [GOOD_ROW] })).status).toBe(200);
    const { inFlight } = await running.dataPlane.stats();
    expect(inFlight).toBe(0);
  });
});

describe('who may call', () => {
  it.each([
    ['no token', {}, 401, 'access.unauthenticated'],
    ['a wrong token', { authorization: 'Bearer bad-token' }, 401, 'access.unauthenticated'],
    ['an empty token', { authorization: 'Bearer ' }, 401, 'access.unauthenticated'],
    ['another scheme', { authorization: 'Basic good-token' }, 401, 'access.unauthenticated'],
    ['the token of another endpoint', { authorization: 'Bearer other-token' }, 403, 'access.forbidden'],
  ])('is not who has %s', async (_, headers, status, code) => {
    const reply = await call('/endpoints/churn/predict', {
      headers: { authorization: '', ...headers },
      body: JSON.stringify({ rows: [GOOD_ROW] }),
    });
    expect(reply.status).toBe(status);
    expect(reply.json().code).toBe(code);
    expect(reply.headers['x-slipway-model']).toBeUndefined();
    if (status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('is whoever has one of its tokens', async () => {
    const headers = { authorization: 'bearer second-token' };
    expect((await predict({ rows: [GOOD_ROW] }, { headers })).status).toBe(200);
  });

  it('learns which endpoints there are not only with some token', async () => {
    expect((await get('/endpoints/nope')).status).toBe(404);
    expect((await get('/endpoints/nope', { authorization: 'Bearer bad-token' })).status).toBe(401);
  });

  it('must call it by a name of this machine', async () => {
    for (const host of ['evil.com', 'localhost.evil.com:7401', '127.0.0.1.evil.com', 'localhost:x']) {
      const reply = await get('/health', { host });
      expect(reply.status).toBe(403);
      expect(reply.json().code).toBe('access.foreign-host');
    }
    expect((await get('/health', { host: 'localhost:1234' })).status).toBe(200);
  });
});

describe('paths', () => {
  it.each([
    ['GET', '/endpoints/churn/predict', 405],
    ['DELETE', '/endpoints/churn/predict', 405],
    ['POST', '/v2/models/churn', 405],
    ['GET', '/', 404],
    ['POST', '/endpoints/churn/predict/more', 404],
    ['GET', '/endpoints/%2e%2e', 404],
  ])('%s %s is answered %i', async (method, path, status) => {
    expect((await call(path, { method })).status).toBe(status);
  });

  it('may end in a slash and carry a query', async () => {
    const body = JSON.stringify({ rows: [GOOD_ROW] });
    expect((await call('/endpoints/churn/predict/?x=1', { body })).status).toBe(200);
  });

  it('show the schema of an endpoint with a body that works', async () => {
    const shown = (await get('/endpoints/churn')).json();
    expect(shown).toMatchObject({
      name: 'churn',
      model: { name: 'churn', version: 3 },
      classes: ['No', 'Yes'],
    });
    expect((await predict(shown.example)).status).toBe(200);
  });

  it('tell health and metrics', async () => {
    expect((await get('/health')).json()).toEqual({ status: 'ready', ready: true });
    const { text } = await get('/metrics');
    expect(text).toMatch(/^slipway_inference_requests_total\{endpoint="churn",code="200"\} \d+$/m);
    expect(text).toMatch(/^slipway_inference_predictions_total\{endpoint="churn",version="3"\} \d+$/m);
    expect(text).toMatch(
      /^slipway_inference_request_duration_seconds_bucket\{endpoint="churn",le="\+Inf"\} \d+$/m,
    );
    expect(text).toMatch(/^slipway_prediction_log_dropped_total 0$/m);
  });
});

describe('a slow client', () => {
  /** What the server said before it closed the connection. */
  function untilClosed(text: string): Promise<string> {
    const { hostname, port } = new URL(running.dataPlane.url());
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(text));
      let heard = '';
      socket.on('data', (chunk) => {
        heard += chunk.toString();
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
    });
  }

  it('that never ends its headers is cut off', async () => {
    expect(await untilClosed('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).toMatch(
      /^HTTP\/1.1 408/,
    );
  });

  it('that never ends its body is cut off, and counts as under way no longer', async () => {
    const head =
      'POST /endpoints/churn/predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good-token\r\n' +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"rows"';
    expect(await untilClosed(head)).toMatch(/^HTTP\/1.1 408/);
    await expect.poll(async () => (await running.dataPlane.stats()).inFlight).toBe(0);
  });
});
