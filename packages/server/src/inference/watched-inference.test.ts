import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltBundle, constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

type Span = {
  traceId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, string> }[];
};

const folder = mkdtempSync(join(tmpdir(), 'slipway-watched-'));
const ACCESS_LOG = join(folder, 'access.log');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

let running: RunningInference;
let collector: Server;
let versions: BuiltBundle[];
const spans: Span[] = [];

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
      };
      if (request.url === '/v1/traces') spans.push(...body.resourceSpans[0]!.scopeSpans[0]!.spans);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as { port: number };
  running = await runningInference({
    accessLog: ACCESS_LOG,
    otlpEndpoint: `http://127.0.0.1:${port}`,
    traceSamplePercent: 0,
    cacheBytes: 1024 * 1024,
    rateLimitPerSecond: 1,
    rateLimitBurst: 50,
    quotaRowsPerDay: 1000,
  });
  versions = [
    await constantBundle(join(running.home, 'one'), 0.2),
    await constantBundle(join(running.home, 'two'), 0.7),
  ];
  await apply(1);
});
afterAll(async () => {
  await running.end().catch(() => {});
  collector.close();
  rmSync(folder, { recursive: true });
});

async function apply(version: number): Promise<void> {
  const endpoint = endpointOf('churn', ['good-token', 'greedy-token'], version, versions[version - 1]!);
  await running.dataPlane.apply({ endpoints: [endpoint] });
}

const { get, post, call } = inferenceClient(() => running, 'good-token');
const predict = (body: unknown, headers: Record<string, string> = {}) =>
  post('/endpoints/churn/predict', body, headers);
const BODY = { rows: [GOOD_ROW] };

describe('a remembered answer', () => {
  it('is the same with an id of its own, counted and limited as any other', async () => {
    const [first, second] = [(await predict(BODY)).json(), (await predict(BODY)).json()] as {
      predictions: { id: string }[];
    }[];
    expect(second!.predictions[0]!.id).not.toBe(first!.predictions[0]!.id);
    expect({ ...second!.predictions[0], id: '' }).toEqual({ ...first!.predictions[0], id: '' });
    const { text } = await get('/metrics');
    expect(text).toMatch(
      /^slipway_inference_cache_lookups_total\{endpoint="churn",version="1",result="hit"\} 1$/m,
    );
    expect(text).toMatch(/^slipway_inference_predictions_total\{endpoint="churn",version="1"\} 2$/m);
    expect(text).toMatch(/^slipway_inference_executions_total\{endpoint="churn",version="1"\} 1$/m);
  });

  it('is never another dialect’s, nor another version’s', async () => {
    const body = JSON.stringify({ instances: [{ 'total charges': 1 }] });
    const scored = await call('/endpoints/churn/invocations', { body });
    const predicted = await call('/v1/models/churn:predict', { body });
    expect(scored.json()).not.toEqual(predicted.json());
    await apply(2);
    expect((await predict(BODY)).json()).toMatchObject({
      model: { version: 2 },
      predictions: [{ value: 'Yes' }],
    });
  });
});

describe('a caller', () => {
  it('is told how many requests are left, and refused when there are none', async () => {
    const greedy = { authorization: 'Bearer greedy-token' };
    const { headers } = await predict(BODY, greedy);
    expect(headers).toMatchObject({
      'ratelimit-limit': '50',
      'ratelimit-remaining': '49',
      'ratelimit-reset': '0',
    });
    const replies = await Promise.all(Array.from({ length: 60 }, () => predict(BODY, greedy)));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.json().code).toBe('predict.rate-limited');
    expect(refused[0]!.headers['retry-after']).toBe('1');
    expect((await predict(BODY)).status).toBe(200);
  });

  it('is refused more rows than its quota, with the time until there are more', async () => {
    const rows = Array.from({ length: 1001 }, () => ({ 'total charges': 1 }));
    const reply = await predict({ rows });
    expect(reply.status).toBe(429);
    expect(reply.json().code).toBe('predict.quota-spent');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('what is watched', () => {
  it('is a trace that the caller began, and what stands in the access log', async () => {
    const reply = await predict(BODY, { ...TRACEPARENT, 'x-request-id': 'traced-1' });
    expect(reply.headers.traceresponse).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    await predict({ rows: [{}] }, { 'x-request-id': 'refused-1' });
    await running.dataPlane.stop();
    const log = (await readFile(ACCESS_LOG, 'utf8')).trim().split('\n');
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ requestId }) => requestId === 'traced-1')).toEqual({
      time: expect.stringMatching(/Z$/),
      requestId: 'traced-1',
      traceId: TRACE,
      dialect: 'slipway',
      method: 'POST',
      path: '/endpoints/churn/predict',
      endpoint: 'churn',
      model: 'churn',
      version: 2,
      caller: expect.stringMatching(/^[0-9a-f]{8}$/),
      status: 200,
      rows: 1,
      bytes: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(lines.find(({ requestId }) => requestId === 'refused-1')).toMatchObject({ status: 422, rows: 0 });
    expect(log.join('')).not.toContain('good-token');
  });

  it('reached the collector before the process ended, and nothing that was not sampled did', () => {
    expect(spans).toHaveLength(1);
    const [span] = spans;
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: '00f067aa0ba902b7', name: 'slipway churn' });
    expect(BigInt(span!.endTimeUnixNano)).toBeGreaterThan(BigInt(span!.startTimeUnixNano));
    expect(span!.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: '200' } });
    expect(span!.attributes).toContainEqual({ key: 'slipway.endpoint', value: { stringValue: 'churn' } });
  });
});
