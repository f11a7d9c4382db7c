import { join } from 'node:path';
import type { EndpointWorkers } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../adapters/onnx/index.ts';
import type { TableEndpoint } from '../stages/deploy/index.ts';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { importedBundle } from '../testing/imported-bundle.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';
import { countingModel, denseModel } from '../testing/sample-onnx.ts';

let running: RunningInference;
const client = inferenceClient(() => running, 'secret');
/** Some tenths of a second of work. */
const SLOW_TURNS = 100_000;
const PATIENCE = { timeout: 40_000, interval: 50 };

beforeAll(async () => {
  running = await runningInference({
    idleSeconds: 1,
    scaleWindowSeconds: 3,
    scaleDownDelaySeconds: 0,
    maxBatchRows: 1,
    // As on two processors, wherever this runs.
    workerBudget: 2,
  });
  const processes = modelProcesses(running.modelEntry);
  const dense = await importedBundle(running.home, processes, denseModel());
  const slow = await importedBundle(running.home, processes, countingModel(SLOW_TURNS));
  const churn = await constantBundle(join(running.home, 'churn'), 0.7);
  const atRest = { min: 0, target: 1, idleSeconds: 1 };
  const endpoints: TableEndpoint[] = [
    { ...endpointOf('dense', ['secret'], 1, dense), scaling: atRest },
    { ...endpointOf('churn', ['secret'], 1, churn), scaling: atRest },
    { ...endpointOf('slow', ['secret'], 1, slow), scaling: { min: 1, max: 2, target: 1, idleSeconds: 1 } },
    endpointOf('kept', ['secret'], 1, churn),
  ];
  const outcomes = await running.dataPlane.apply({ endpoints });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}, 180_000);
afterAll(() => running?.end());

async function workersOf(name: string): Promise<EndpointWorkers> {
  const { endpoints } = await running.dataPlane.stats();
  return endpoints.find((each) => each.name === name)!.workers;
}

const CALLS: Record<string, () => ReturnType<typeof client.post>> = {
  dense: () => client.post('/endpoints/dense/predict', { rows: [{ x: [1, 2, 3, 4, 5, 6, 7, 8] }] }),
  churn: () => client.post('/endpoints/churn/predict', { rows: [GOOD_ROW] }),
};

describe.each([
  ['dense', 'processes'],
  ['churn', 'inline'],
])('an endpoint that may go to zero (%s, %s)', (name, kind) => {
  it('goes when nobody calls it, tells since when, and comes back for the first call and those beside it', async () => {
    await expect.poll(async () => (await workersOf(name)).now, PATIENCE).toBe(0);
    const asleep = await workersOf(name);
    expect(asleep).toMatchObject({ kind, now: 0, wanted: 0, residentBytes: 0 });
    expect(Date.parse(asleep.zeroSince!)).toBeLessThanOrEqual(Date.now());
    expect((await client.get('/v2/health/ready')).status).toBe(200);
    expect((await client.get(`/v2/models/${name}`)).status).toBe(200);
    const replies = await Promise.all(Array.from({ length: 5 }, () => CALLS[name]!()));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const awake = await workersOf(name);
    expect(awake.coldStarts).toBe(asleep.coldStarts + 1);
    expect(awake.lastColdStartSeconds).toBeGreaterThan(0);
    const { text } = await client.get('/metrics');
    expect(text).toMatch(new RegExp(`slipway_inference_cold_starts_total{endpoint="${name}"} [1-9]`));
    expect(text).toContain(`slipway_inference_workers{endpoint="${name}"}`);
  }, 60_000);
});

describe('the workers of an endpoint', () => {
  it('stay where the least is one', async () => {
    await expect.poll(async () => (await workersOf('churn')).now, PATIENCE).toBe(0);
    expect(await workersOf('kept')).toMatchObject({ now: 1, zeroSince: null, coldStarts: 0 });
  }, 60_000);

  it('become more under load, up to the most, and fewer after it', async () => {
    expect((await workersOf('slow')).now).toBe(1);
    let isOver = false;
    const callers = Array.from({ length: 6 }, async () => {
      while (!isOver) {
        const body = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] };
        expect((await client.post('/v2/models/slow/infer', body)).status).toBe(200);
      }
    });
    await expect.poll(async () => (await workersOf('slow')).now, PATIENCE).toBe(2);
    isOver = true;
    await Promise.all(callers);
    await expect.poll(async () => (await workersOf('slow')).now, PATIENCE).toBe(1);
    expect((await workersOf('slow')).deaths).toBe(0);
  }, 90_000);
});

describe('SIGTERM', () => {
  it('lets what is computed and what is held be answered', async () => {
    await expect.poll(async () => (await workersOf('dense')).now, PATIENCE).toBe(0);
    const { coldStarts } = await workersOf('dense');
    const body = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] };
    const computed = Array.from({ length: 10 }, () => client.post('/v2/models/slow/infer', body));
    const held = CALLS.dense!();
    await expect.poll(async () => (await workersOf('slow')).busy, PATIENCE).toBeGreaterThan(0);
    const isWoken = async () => {
      const dense = await workersOf('dense');
      return dense.zeroSince === null || dense.coldStarts > coldStarts;
    };
    await expect.poll(isWoken, PATIENCE).toBe(true);
    process.kill(running.dataPlane.pid()!, 'SIGTERM');
    const replies = await Promise.all([...computed, held]);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  }, 60_000);
});
