import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inferenceClient } from '../../testing/inference-client.ts';
import { ORDER, ORDER_INPUTS, ordersBundle } from '../../testing/orders-bundle.ts';
import { endpointOf, type RunningInference, runningInference } from '../../testing/running-inference.ts';
import { writeRawValues } from './v2/raw-values.ts';

/** A row with all that the training table had: id, constant, copy, excluded column and target besides the inputs. */
const NAMES = Object.keys(ORDER);
const UNSEEN = { ...ORDER, country: 'PT' };

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference();
  const orders = await ordersBundle(join(running.home, 'orders'));
  await running.dataPlane.apply({ endpoints: [endpointOf('orders', ['token'], 1, orders)] });
});
afterAll(() => running.end());

const { call, post } = inferenceClient(() => running, 'token');

type Row = Record<string, string | number | boolean | null>;
type Answer = { status: number; values: unknown[]; warned: unknown };

const csvOf = (rows: readonly Row[]) =>
  [NAMES, ...rows.map((row) => NAMES.map((name) => row[name]))]
    .map((line) => line.map(field).join(','))
    .join('\n');

/** As the files of the dataset have it: decimal commas, in quotes. */
function field(value: unknown): string {
  const text = typeof value === 'number' ? String(value).replace('.', ',') : String(value ?? '');
  return `"${text}"`;
}

async function slipway(rows: readonly Row[]): Promise<Answer> {
  const reply = await post('/endpoints/orders/predict', { rows });
  const predictions = (reply.json().predictions ?? []) as { value: number; warnings?: unknown[] }[];
  return {
    status: reply.status,
    values: predictions.map(({ value }) => value),
    warned: predictions[0]?.warnings,
  };
}

async function kserve(rows: readonly Row[], instances: readonly unknown[] = rows): Promise<Answer> {
  const reply = await post('/v1/models/orders:predict', { instances });
  const predictions = (reply.json().predictions ?? []) as { value: number; warnings?: unknown[] }[];
  return {
    status: reply.status,
    values: predictions.map(({ value }) => value),
    warned: predictions[0]?.warnings,
  };
}

async function scoring(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const reply = await call(path, { body, headers });
  const { predictions = [], warnings } = reply.json() as {
    predictions?: { value: number }[];
    warnings?: unknown[];
  };
  return { status: reply.status, values: predictions.map(({ value }) => value), warned: warnings?.[0] };
}

const DATATYPES: Record<string, string> = { number: 'FP64', boolean: 'BOOL', string: 'BYTES' };

function tensors(rows: readonly Row[]) {
  return NAMES.map((name) => ({
    name,
    datatype: DATATYPES[typeof ORDER[name as keyof typeof ORDER]] ?? 'FP64',
    shape: [rows.length],
    data: rows.map((row) => row[name]!),
  }));
}

async function v2(reply: Awaited<ReturnType<typeof post>>): Promise<Answer> {
  const { outputs = [], parameters } = reply.json() as {
    outputs?: { name: string; data: unknown[] }[];
    parameters?: { warnings: string };
  };
  const warnings = parameters && (JSON.parse(parameters.warnings) as { row: number; code: string }[]);
  return {
    status: reply.status,
    values: outputs.find(({ name }) => name === 'value')?.data ?? [],
    warned: warnings?.map(({ row, ...warning }) => (row === 0 ? warning : row)),
  };
}

function binary(rows: readonly Row[]) {
  const all = tensors(rows).map(({ data, ...tensor }) => ({
    tensor,
    bytes: writeRawValues(data, tensor.datatype as 'FP64'),
  }));
  const inputs = all.map(({ tensor, bytes }) => ({
    ...tensor,
    parameters: { binary_data_size: bytes.length },
  }));
  const outputs = [{ name: 'value', parameters: { binary_data: false } }];
  const header = Buffer.from(JSON.stringify({ inputs, outputs }));
  const headers = { 'inference-header-content-length': String(header.length) };
  return { body: Buffer.concat([header, ...all.map(({ bytes }) => bytes)]), headers };
}

const PROTOCOLS: Record<string, (rows: readonly Row[]) => Promise<Answer>> = {
  'Slipway’s REST': slipway,
  'KServe V1, as objects': (rows) => kserve(rows),
  'KServe V1, as lists of the inputs': (rows) =>
    kserve(
      rows,
      rows.map((row) => ORDER_INPUTS.map((name) => row[name])),
    ),
  'Open Inference Protocol V2': async (rows) =>
    v2(await post('/v2/models/orders/infer', { inputs: tensors(rows) })),
  'Open Inference Protocol V2, as bytes': async (rows) =>
    v2(await call('/v2/models/orders/infer', binary(rows))),
  'MLflow, dataframe_records': (rows) =>
    scoring('/endpoints/orders/invocations', JSON.stringify({ dataframe_records: rows })),
  'MLflow, dataframe_split': (rows) => {
    const split = { columns: NAMES, data: rows.map((row) => NAMES.map((name) => row[name])) };
    return scoring('/endpoints/orders/invocations', JSON.stringify({ dataframe_split: split }));
  },
  'MLflow, CSV': (rows) =>
    scoring('/endpoints/orders/invocations', csvOf(rows), { 'content-type': 'text/csv' }),
  'Amazon SageMaker, CSV': (rows) => scoring('/invocations', csvOf(rows), { 'content-type': 'text/csv' }),
};

describe.each(Object.entries(PROTOCOLS))('a row as the training table had it, by %s', (_, ask) => {
  it('is predicted', async () => {
    expect(await ask([ORDER, { ...ORDER, amount: 7.5 }])).toEqual({
      status: 200,
      values: [12.5, 7.5],
      warned: undefined,
    });
  });

  it('with a missing-value word has a missing value', async () => {
    const rows = [
      { ...ORDER, country: 'NA' },
      { ...ORDER, country: 'DE' },
    ];
    expect((await ask(rows)).values).toEqual([11.5, 12.5]);
  });

  it('with a value that training never saw is predicted, with a warning', async () => {
    const { status, values, warned } = await ask([UNSEEN, ORDER]);
    expect([status, values]).toEqual([200, [11.5, 12.5]]);
    expect(warned).toEqual([
      { code: 'unseen-category', column: 'country', message: expect.stringContaining('"PT"') },
    ]);
  });
});

describe.each(Object.entries(PROTOCOLS).filter(([name]) => !name.includes('lists')))(
  'a column that the training table never had, by %s',
  (_, ask) => {
    it('is refused', async () => {
      NAMES.push('height');
      try {
        expect([400, 422]).toContain((await ask([{ ...ORDER, height: 180 }])).status);
      } finally {
        NAMES.pop();
      }
    });
  },
);

describe('a column in another spelling', () => {
  const named = { ...ORDER, Amount: 1 };
  it.each([
    ['/endpoints/orders/predict', { rows: [named] }, 422],
    ['/v1/models/orders:predict', { instances: [named] }, 422],
    ['/endpoints/orders/invocations', { dataframe_records: [named] }, 400],
    [
      '/v2/models/orders/infer',
      { inputs: [...tensors([ORDER]), { ...tensors([ORDER])[4]!, name: 'Amount' }] },
      400,
    ],
  ])('is refused at %s with the nearest name', async (path, body, status) => {
    const reply = await post(path, body);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain('The model has no column Amount; it has amount.');
  });
});
