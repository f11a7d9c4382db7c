import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle, GOOD_ROW } from '../../testing/bundle-builder.ts';
import { inferenceClient } from '../../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../../testing/running-inference.ts';

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference();
  const [churn, other] = await Promise.all([
    constantBundle(join(running.home, 'churn'), 0.7),
    constantBundle(join(running.home, 'other'), 0.2),
  ]);
  await running.dataPlane.apply({
    endpoints: [
      endpointOf('churn', ['good-token'], 3, churn),
      endpointOf('other', ['other-token'], 1, other),
    ],
  });
});
afterAll(() => running.end());

const { call, get, post } = inferenceClient(() => running, 'good-token');
const RECORD = {
  value: 'Yes',
  probability_No: expect.closeTo(0.3, 12),
  probability_Yes: expect.closeTo(0.7, 12),
};
const RECORDS = { dataframe_records: [{ 'total charges': 1 }] };

describe('MLflow’s scoring protocol', () => {
  it('answers the records of the graph, ids beside them', async () => {
    const reply = await post('/endpoints/churn/invocations', RECORDS);
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({ predictions: [RECORD], prediction_ids: [expect.stringMatching(/^p_/)] });
  });

  it('takes CSV, and the NaN that Python writes', async () => {
    const headers = { 'content-type': 'text/csv; charset=utf-8' };
    const csv = await call('/endpoints/churn/invocations', {
      headers,
      body: 'age,total charges\n,2\n3,"4"\n',
    });
    expect(csv.json().predictions).toEqual([RECORD, RECORD]);
    const body =
      '{"dataframe_split":{"columns":["age","total charges","contract"],"data":[[NaN,1,"a NaN"]]}}';
    expect((await call('/endpoints/churn/invocations', { body })).json().predictions).toEqual([RECORD]);
  });

  it('tells at the bare path which endpoint is meant by header, else by the token', async () => {
    expect((await post('/invocations', RECORDS)).headers['x-slipway-model']).toBe('churn');
    const named = await post('/invocations', RECORDS, { 'x-slipway-endpoint': 'other' });
    expect(named.status).toBe(403);
    const target = { 'x-amzn-sagemaker-target-model': '/other.tar.gz', authorization: 'Bearer other-token' };
    expect((await post('/invocations', RECORDS, target)).headers['x-slipway-model']).toBe('other');
    expect((await post('/invocations', RECORDS, { authorization: 'Bearer no' })).status).toBe(401);
    expect((await post('/invocations', RECORDS, { 'x-slipway-endpoint': 'nope' })).status).toBe(404);
  });

  it('tells health and version', async () => {
    for (const path of ['/ping', '/endpoints/churn/ping', '/endpoints/churn/health', '/version']) {
      expect((await get(path)).status).toBe(200);
    }
    expect((await get('/ping')).text).toBe('\n');
  });

  it.each([
    ['bad JSON', '{', {}, 400, 'BAD_REQUEST'],
    ['two forms', '{"inputs":{},"instances":[]}', {}, 400, 'BAD_REQUEST'],
    ['a column missing', '{"inputs":{"age":[1]}}', {}, 400, 'INVALID_PARAMETER_VALUE'],
    ['a wrong token', '{}', { authorization: 'Bearer bad' }, 401, 'UNAUTHENTICATED'],
    ['another medium', '{}', { 'content-type': 'application/x-parquet' }, 415, 'BAD_REQUEST'],
  ])('refuses %s in MLflow’s words', async (_, body, headers, status, code) => {
    const reply = await call('/endpoints/churn/invocations', {
      headers: headers as Record<string, string>,
      body,
    });
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual({ error_code: code, message: expect.any(String) });
  });
});

describe('KServe’s first protocol', () => {
  it('answers instances that are objects or lists of values', async () => {
    const values = [null, 1, 'Monthly', true, null];
    const reply = await post('/v1/models/churn:predict', { instances: [{ 'total charges': 1 }, values] });
    const prediction = { id: expect.stringMatching(/^p_/), value: 'Yes', probabilities: expect.any(Object) };
    expect(reply.json()).toEqual({ predictions: [prediction, prediction] });
  });

  it('lists the models that the token may call, and whether one is ready', async () => {
    expect((await get('/v1/models')).json()).toEqual({ models: ['churn'] });
    expect((await get('/v1/models/churn')).json()).toEqual({ name: 'churn', ready: true });
  });

  it.each([
    ['/v1/models/churn:predict', {}, 400],
    ['/v1/models/churn:predict', { instances: [[1]] }, 400],
    ['/v1/models/churn:predict', { instances: [{ nope: 1 }] }, 422],
    ['/v1/models/nope:predict', { instances: [{}] }, 404],
  ])('refuses %s %j in its own words', async (path, body, status) => {
    const reply = await post(path, body);
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual({ error: expect.any(String) });
  });
});

describe('the endpoint’s own OpenAPI document', () => {
  it('has the model’s columns, classes and a body that works', async () => {
    const document = (await get('/endpoints/churn/openapi.json')).json();
    const { post: operation } = (document.paths as Record<string, Record<string, never>>)[
      '/endpoints/churn/predict'
    ]!;
    const { requestBody, responses } = operation as unknown as Record<string, Record<string, never>>;
    const { schema, example } = requestBody!.content!['application/json'] as Record<string, unknown>;
    expect(schema).toMatchObject({
      properties: {
        rows: {
          items: {
            properties: {
              age: { type: ['number', 'null'] },
              'total charges': { type: 'number' },
              since: { type: ['string', 'null'], format: 'date-time' },
            },
            required: ['total charges'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.stringify(responses)).toContain('"enum":["No","Yes"]');
    expect((await post('/endpoints/churn/predict', example)).status).toBe(200);
  });

  it('shows calls that work as pasted', async () => {
    const document = JSON.stringify((await get('/endpoints/churn/openapi.json')).json());
    expect(document).toContain(`${running.dataPlane.url()}/endpoints/churn/predict`);
    expect(document).toMatch(/"lang":"curl".*"lang":"TypeScript".*"lang":"Python"/);
  });
});

const JSON_BODY = { 'content-type': 'application/json' };

describe('a container', () => {
  async function started(args: string[], env: Record<string, string>) {
    const { entry, home } = running;
    const flags = ['--model-dir', join(home, 'churn'), '--access', 'open', ...args];
    const child = spawn(process.execPath, [entry, ...flags], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
    const { port } = JSON.parse((await lines.next()).value as string) as { port: number };
    return {
      url: `http://127.0.0.1:${port}`,
      async end() {
        child.kill('SIGTERM');
        expect(await once(child, 'exit')).toEqual([0, null]);
      },
    };
  }

  it('on Vertex AI listens and answers where it is told to', async () => {
    const routes = {
      AIP_HTTP_PORT: '0',
      AIP_HEALTH_ROUTE: '/alive',
      AIP_PREDICT_ROUTE: '/v1/endpoints/7:predict',
    };
    const { url, end } = await started([], routes);
    expect((await fetch(`${url}/alive`)).status).toBe(200);
    const body = JSON.stringify({ instances: [GOOD_ROW], parameters: {} });
    const reply = await fetch(`${url}/v1/endpoints/7:predict`, { method: 'POST', headers: JSON_BODY, body });
    expect(await reply.json()).toMatchObject({ predictions: [{ value: 'Yes' }] });
    await end();
  });

  it('on SageMaker is run with the word serve, on the port it is told', async () => {
    const { url, end } = await started(['serve'], { SAGEMAKER_BIND_TO_PORT: '0' });
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    const reply = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify(RECORDS),
    });
    expect(await reply.json()).toMatchObject({ predictions: [RECORD] });
    await end();
  });
});
