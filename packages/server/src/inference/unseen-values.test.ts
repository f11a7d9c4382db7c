import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictionWarning } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inferenceClient } from '../testing/inference-client.ts';
import { ORDER, ordersBundle } from '../testing/orders-bundle.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference({ cacheBytes: 8 * 1024 * 1024 });
  const orders = await ordersBundle(join(running.home, 'orders'));
  await running.dataPlane.apply({
    endpoints: [
      endpointOf('orders', ['token'], 1, orders),
      { ...endpointOf('strict', ['token'], 1, orders), isStrict: true },
    ],
  });
});
afterAll(() => running.end());

const { post } = inferenceClient(() => running, 'token');

type Prediction = { value: number; warnings?: PredictionWarning[] };

async function predict(row: Record<string, unknown>): Promise<Prediction> {
  const reply = await post('/endpoints/orders/predict', { rows: [row] });
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
  return (reply.json().predictions as Prediction[])[0]!;
}

describe('a row as the training table had it', () => {
  it('is predicted, target, identifier and all that the model leaves out included, without a warning', async () => {
    expect(await predict(ORDER)).toEqual({ id: expect.any(String), value: 12.5 });
  });

  it('is logged whole', async () => {
    const id = `logged-${ORDER.id}`;
    await predict({ ...ORDER, id });
    await expect.poll(() => loggedLines().then((lines) => lines.join(''))).toContain(id);
    const line = (await loggedLines()).find((one) => one.includes(id))!;
    expect(JSON.parse(line)).toMatchObject({ row: { ...ORDER, id }, value: 12.5 });
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

describe('a value that training never saw', () => {
  it.each([
    [
      'a missing value',
      { amount: null },
      'missing-not-seen',
      'amount',
      'amount is missing; training saw no missing value in it.',
      100,
    ],
    [
      'a missing-value word',
      { amount: 'n/a' },
      'missing-not-seen',
      'amount',
      'amount is missing; training saw no missing value in it.',
      100,
    ],
    [
      'a category',
      { country: 'PT' },
      'unseen-category',
      'country',
      'country is "PT", which training never saw; it saw "DE", "FR", "LI".',
      11.5,
    ],
    [
      'a number far above',
      { amount: 44.5 },
      'out-of-range',
      'amount',
      'amount is 44.5, far outside the range of training, 0 to 29.5.',
      44.5,
    ],
    [
      'a number of many digits',
      { amount: 1_700_000_123.25 },
      'out-of-range',
      'amount',
      'amount is 1700000123.25, far outside the range of training, 0 to 29.5.',
      expect.any(Number),
    ],
    [
      'a number far below',
      { amount: -15 },
      'out-of-range',
      'amount',
      'amount is -15, far outside the range of training, 0 to 29.5.',
      -15,
    ],
    [
      'a time long before',
      { day: '1970-01-01' },
      'out-of-range',
      'day',
      'day is 1970-01-01T00:00:00.000Z, far outside the range of training, 2023-04-01T00:00:00.000Z to 2023-05-30T00:00:00.000Z.',
      12.5,
    ],
  ])('such as %s is predicted with a warning', async (_, change, code, column, message, value) => {
    expect(await predict({ ...ORDER, ...change })).toMatchObject({
      value,
      warnings: [{ code, column, message }],
    });
  });

  it.each([
    ['a rare category', { country: 'LI' }],
    ['a missing value where training saw some', { country: null }],
    ['a number a little outside', { amount: 44 }],
    ['a time after training', { day: '2031-01-01' }],
    ['anything in a column that the model does not take', { id: -1, channel: 'phone', price: null }],
  ])('is none of these: %s', async (_, change) => {
    expect(await predict({ ...ORDER, ...change })).not.toHaveProperty('warnings');
  });

  it('is told of each column, and stands in the log', async () => {
    const row = { ...ORDER, id: 'warned', amount: null, country: 'PT' };
    const { warnings } = await predict(row);
    expect(warnings?.map(({ column }) => column)).toEqual(['country', 'amount']);
    await expect.poll(() => loggedLines().then((lines) => lines.join(''))).toContain('"id":"warned"');
    const line = (await loggedLines()).find((one) => one.includes('"id":"warned"'))!;
    expect(JSON.parse(line)).toMatchObject({ row, warnings });
  });

  it('is warned of again where the response is remembered', async () => {
    const row = { ...ORDER, country: 'remembered' };
    const first = await predict(row);
    expect((await predict(row)).warnings).toEqual(first.warnings);
  });

  it('is warned of in a large request, and each row alone', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({ ...ORDER, country: i === 500 ? 'PT' : 'FR' }));
    const reply = await post('/endpoints/orders/predict', { rows });
    const warned = (reply.json().predictions as Prediction[]).map(({ warnings }) => warnings?.length);
    expect(warned.flatMap((count, i) => (count === undefined ? [] : [[i, count]]))).toEqual([[500, 1]]);
  });
});

describe('a strict endpoint', () => {
  it.each([
    ['a missing value', { amount: null }, 'predict.missing-column', 'rows[0].amount'],
    ['a category', { country: 'PT' }, 'predict.unseen-value', 'rows[0].country'],
    ['a number', { amount: 1e9 }, 'predict.unseen-value', 'rows[0].amount'],
  ])('refuses %s that training never saw', async (_, change, code, path) => {
    const reply = await post('/endpoints/strict/predict', { rows: [{ ...ORDER, ...change }] });
    expect([reply.status, reply.json().code, reply.json().path]).toEqual([422, code, path]);
  });

  it('names the row of a large request', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({ ...ORDER, country: i === 500 ? 'PT' : 'FR' }));
    const reply = await post('/endpoints/strict/predict', { rows });
    expect([reply.status, reply.json().path]).toEqual([422, 'rows[500].country']);
  });

  it('predicts rows as training had them', async () => {
    const reply = await post('/endpoints/strict/predict', { rows: [ORDER, { ...ORDER, country: null }] });
    expect(reply.status).toBe(200);
  });
});
