import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonitorReport, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvOf } from './csv-rows.ts';
import { cleanUp, eventually, type Platform, startPlatform } from './slipway.ts';
import { csvFile, type Rows } from './tables.ts';

const MINUTES = 60_000;
const ROWS = 400;
const HEADER = ['id', 'constant', 'day', 'country', 'amount', 'amount_copy', 'channel', 'price'];

/** Orders with an identifier, a constant, a copy, a column to exclude, a time, and the target. */
const orders: Rows = {
  header: HEADER,
  rows: Array.from({ length: ROWS }, (_, i) => {
    const day = new Date(Date.UTC(2023, 0, 1 + i));
    const written = day.toISOString().slice(0, 10);
    const amount = ((i * 37) % 101) / 2;
    const country = ['DE', 'FR', 'PL'][i % 3]!;
    const price = amount * 2 + (country === 'PL' ? 15 : 0) + (i % 5) / 10;
    return [
      `${1000 + i}`,
      '1',
      written,
      country,
      `${amount}`,
      `${amount}`,
      i % 2 ? 'web' : 'shop',
      `${price}`,
    ];
  }),
};

/** Row 20 as JSON has it. */
const ORDER = {
  id: 1020,
  constant: 1,
  day: orders.rows[20]![2]!,
  country: 'PL',
  amount: Number(orders.rows[20]![4]),
  amount_copy: Number(orders.rows[20]![4]),
  channel: 'shop',
  price: Number(orders.rows[20]![7]),
};
const TYPES = { number: 'FP64', string: 'BYTES' } as Record<string, string>;

afterAll(cleanUp);

/** One platform, one story: a row as the table had it, by every way there is to ask. */
describe('an endpoint that is sent rows as the training table had them', () => {
  let platform: Platform;
  let shipped: ShipResult;
  let expected: number;

  const post = (path: string, body: unknown, contentType = 'application/json') =>
    fetch(new URL(path, platform.inferenceUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${shipped.endpoint!.token}`, 'content-type': contentType },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const predict = async (row: object) => {
    const response = await post('/endpoints/orders/predict', { rows: [row] });
    expect(response.status).toBe(200);
    return ((await response.json()) as PredictResponse).predictions[0]!;
  };

  beforeAll(async () => {
    platform = await startPlatform();
    const file = await csvFile('orders.csv', orders);
    const words = ['ship', file, '--target', 'price', '--time', 'day', '--exclude', 'channel'];
    shipped = await platform.answer<ShipResult>([...words, '--budget', '3s']);
    expected = Number((await predict(ORDER)).value);
  }, 4 * MINUTES);

  it('predicts them, whatever the columns hold that the model does not take', async () => {
    expect(Math.abs(expected - ORDER.price)).toBeLessThan(15);
    expect((await predict(ORDER)).warnings).toBeUndefined();
    const others = { id: 'x', constant: null, amount_copy: 1e9, channel: ['web'], price: 'NA' };
    expect((await predict({ ...ORDER, ...others })).value).toBe(expected);
  });

  it.each<[string, string, unknown, string?]>([
    ['KServe V1', '/v1/models/orders:predict', { instances: [ORDER] }],
    ['MLflow’s records', '/endpoints/orders/invocations', { dataframe_records: [ORDER] }],
    ['MLflow’s CSV', '/endpoints/orders/invocations', `${HEADER}\n${orders.rows[20]}\n`, 'text/csv'],
    ['Amazon SageMaker', '/invocations', `${HEADER}\n${orders.rows[20]}\n`, 'text/csv'],
  ])('predicts the same by %s', async (_, path, body, contentType) => {
    const response = await post(path, body, contentType);
    expect(response.status).toBe(200);
    const { predictions } = (await response.json()) as { predictions: { value: number }[] };
    expect(predictions[0]!.value).toBe(expected);
  });

  it('predicts the same by the Open Inference Protocol', async () => {
    const inputs = Object.entries(ORDER).map(([name, value]) => {
      return { name, datatype: TYPES[typeof value]!, shape: [1], data: [value] };
    });
    const response = await post('/v2/models/orders/infer', { inputs });
    expect(response.status).toBe(200);
    const { outputs } = (await response.json()) as { outputs: { name: string; data: number[] }[] };
    expect(outputs.find(({ name }) => name === 'value')!.data).toEqual([expected]);
  });

  it(
    'predicts equal rows alike over REST, of a file and in a batch, whatever the format',
    async () => {
      const some = orders.rows.slice(40, 48);
      const asked = some.map((row) => Object.fromEntries(HEADER.map((name, i) => [name, row[i]!])));
      const typed = asked.map((row) => ({
        ...row,
        ...{ id: Number(row.id), constant: 1, amount: Number(row.amount) },
        ...{ amount_copy: Number(row.amount_copy), price: Number(row.price) },
      }));
      const response = await post('/endpoints/orders/predict', { rows: typed });
      const { predictions } = (await response.json()) as PredictResponse;
      const values = predictions.map(({ value }) => Number(value));
      const lines = (delimiter: string) =>
        `${[HEADER, ...some].map((row) => row.join(delimiter)).join('\n')}\n`;
      const formats: Record<string, string | Buffer> = {
        'later.csv': lines(';'),
        'later.tsv': Buffer.from(`\ufeff${lines('\t')}`, 'utf16le'),
        'later.ndjson': typed.map((row) => JSON.stringify(row)).join('\n'),
        'later.json': JSON.stringify(typed),
      };
      for (const [name, content] of Object.entries(formats)) {
        const file = join(platform.folder, '..', name);
        const out = `${file}.out.csv`;
        await writeFile(file, content);
        for (const command of [
          ['predict', 'orders'],
          ['batch', 'predict', 'orders'],
        ]) {
          const { code, stderr } = await platform.run([...command, file, '--out', out]);
          expect([name, code, stderr]).toEqual([name, 0, stderr]);
          expect([name, (await csvOf(out)).map((row) => Number(row.prediction))]).toEqual([name, values]);
        }
      }
    },
    4 * MINUTES,
  );

  it('predicts values that training never saw with warnings, which monitoring counts', async () => {
    for (let i = 0; i < 5; i++) {
      const { warnings } = await predict({ ...ORDER, country: 'PT', amount: i === 0 ? null : 1e6 });
      expect(warnings?.map(({ code }) => code).sort()).toEqual([
        i === 0 ? 'missing-not-seen' : 'out-of-range',
        'unseen-category',
      ]);
    }
    const report = await eventually('report of all predictions', async () => {
      const found = await platform.answer<MonitorReport>(['monitor', 'orders']);
      const country = found.columns.find(({ name }) => name === 'country');
      return country?.warnings?.['unseen-category'] === 5 ? found : undefined;
    });
    const amount = report.columns.find(({ name }) => name === 'amount')!;
    expect(amount.warnings).toEqual({ 'missing-not-seen': 1, 'out-of-range': 4 });
    expect(amount.says).toContain('Training never saw such values: 1 missing, 4 far outside the range.');
  });

  it('refuses them once it is strict, and predicts the others', async () => {
    await platform.answer(['endpoints', 'set', 'orders', '--strict']);
    const rows = [ORDER, { ...ORDER, country: 'PT' }];
    const response = await post('/endpoints/orders/predict', { rows });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'predict.unseen-value', path: 'rows[1].country' });
    expect((await predict(ORDER)).value).toBe(expected);
    await platform.answer(['endpoints', 'set', 'orders', '--no-strict']);
    expect((await predict(rows[1]!)).warnings).toHaveLength(1);
  });

  it(
    'is trained again by its policy on labelled traffic, of which half was sent without the columns left out',
    async () => {
      const COUNT = 300;
      const took = Array.from({ length: COUNT }, (_, i) => {
        const day = new Date(Date.UTC(2024, 2, 1 + i)).toISOString().slice(0, 10);
        const inputs = { day, country: ['DE', 'FR', 'PL'][i % 3]!, amount: 30 + ((i * 37) % 41) };
        const left = { id: 5000 + i, constant: 1, amount_copy: inputs.amount, channel: 'web', price: null };
        return i % 2 ? inputs : { ...inputs, ...left };
      });
      const response = await post('/endpoints/orders/predict', { rows: took });
      expect(response.status).toBe(200);
      const { predictions } = (await response.json()) as PredictResponse;
      const labels = predictions.map(({ id }, i) => ({ id, value: took[i]!.amount * 2 }));
      const words = ['--retrain', 'auto', '--min-labels', '250', '--cooldown-hours', '0'];
      await platform.answer(['endpoints', 'policy', 'orders', ...words]);
      await platform.client.call['labels.add']({ params: { name: 'orders' }, body: { labels } });
      await platform.answer(['monitor', 'orders']);
      const pipelineRun = await eventually(
        'pipeline run that the policy started and that ended',
        async () => {
          const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 5 } });
          return pipelineRuns.find(({ kind, state }) => kind === 'retrain' && state !== 'running');
        },
        2 * MINUTES,
      );
      expect(pipelineRun.failure).toBeNull();
      const version = await platform.client.call['datasets.version']({
        params: { name: 'orders', version: 2 },
      });
      expect(version.rows).toBe(ROWS + COUNT);
      const missing = version.profile.map(({ name, missing: count }) => [name, count]);
      expect(Object.fromEntries(missing)).toEqual({
        ...{ id: COUNT / 2, constant: COUNT / 2, amount_copy: COUNT / 2, channel: COUNT / 2 },
        ...{ day: 0, country: 0, amount: 0, price: 0 },
      });
    },
    4 * MINUTES,
  );

  it('refuses a column that the table never had, and names the one that is meant', async () => {
    const unknown = await post('/endpoints/orders/predict', { rows: [{ ...ORDER, height: 1 }] });
    expect(await unknown.json()).toMatchObject({ status: 422, code: 'predict.unknown-column' });
    const { country, ...rest } = ORDER;
    const near = await post('/endpoints/orders/predict', { rows: [{ ...rest, ' Country': country }] });
    expect(await near.json()).toMatchObject({ code: 'predict.column-spelling', path: 'rows[0][" Country"]' });
  });
});
