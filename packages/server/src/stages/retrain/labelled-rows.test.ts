import { expect, it } from 'vitest';
import type { TableSchema } from '../ingest/index.ts';
import type { PredictionRecord, RawRow } from '../serve/index.ts';
import { assembleLabelledRows } from './assemble-labelled-rows.ts';
import { type CollectPorts, collectLabelledRows } from './collect-labelled-rows.ts';

const SCHEMA: TableSchema = {
  columns: [
    { name: 'id', type: 'string', role: 'identifier', nullable: false },
    { name: 'age', type: 'number', role: 'numeric', nullable: true },
    { name: 'churned', type: 'boolean', role: 'boolean', nullable: false },
  ],
};

const record = (id: string, ts = '2026-01-02T00:00:00.000Z'): PredictionRecord => ({
  id,
  ts,
  model: 'churn',
  version: 1,
  row: { age: 30 },
  value: 'true',
  score: 0.7,
  latencyUs: 1,
});

it('gives the columns of the dataset in its order, the label in the type of the target', () => {
  const { rows } = assembleLabelledRows([record('a')], [{ predictionId: 'a', value: 'true' }], {
    schema: SCHEMA,
    target: 'churned',
  });
  expect(rows.map((row) => Object.entries(row))).toEqual([
    [
      ['age', 30],
      ['churned', true],
    ],
  ]);
});

it('counts what has no label, and labels that the target cannot take', () => {
  const labels = [
    { predictionId: 'b', value: 'perhaps' },
    { predictionId: 'x', value: 'true' },
  ];
  const found = assembleLabelledRows([record('a'), record('b')], labels, {
    schema: SCHEMA,
    target: 'churned',
  });
  expect(found).toEqual({ rows: [], labels: [], unlabelled: 1, invalid: 1, unfit: 0 });
});

it('lets the last label count', () => {
  const labels = ['3', '7', 'abc'].map((value) => ({ predictionId: 'a', value }));
  const age = (given: typeof labels) =>
    assembleLabelledRows([record('a')], given, { schema: SCHEMA, target: 'age' }).rows[0]?.age;
  expect(age(labels.slice(0, 2))).toBe(7);
  expect(age(labels)).toBeUndefined();
});

it('collects the predictions of pending labels from the log, each once', async () => {
  const records = [record('a'), record('bare'), record('b'), record('a', '2026-01-03T00:00:00.000Z')];
  const windows: unknown[] = [];
  const log: CollectPorts['log'] = {
    async *read(_, window) {
      windows.push(window);
      yield records.slice(0, 2);
      yield records.slice(2);
    },
  };
  const collect = async (...ids: string[]) => {
    const batches = [];
    const labels = ids.map((predictionId) => ({ predictionId, value: 'false' }));
    const request = { endpoint: 'churn', labels, window: { from: 7 }, schema: SCHEMA, target: 'churned' };
    for await (const batch of collectLabelledRows(request, { log })) batches.push(batch);
    return batches.map(({ rows, labels: own }) => [rows.length, own.map((one) => one.predictionId)]);
  };
  expect(await collect('a', 'b', 'never logged')).toEqual([
    [1, ['a']],
    [1, ['b']],
  ]);
  expect(windows).toEqual([{ from: 7 }]);
  expect(await collect()).toEqual([]);
  expect(windows).toHaveLength(1);
});

it('reads text as the dataset does, and counts what does not fit', () => {
  const schema: TableSchema = {
    missingWords: ['k.A.'],
    columns: [
      {
        name: 'price',
        type: 'number',
        role: 'numeric',
        nullable: true,
        reading: { as: 'number', decimal: ',', thousands: '.' },
      },
      {
        name: 'day',
        type: 'timestamp',
        role: 'datetime',
        nullable: true,
        reading: { as: 'timestamp', formats: ['%d/%m/%Y'], order: 'dmy', timeZone: 'UTC' },
      },
      { name: 'note', type: 'string', role: 'text', nullable: true },
    ],
  };
  const rowOf = (row: Record<string, string>, label = '1.234,5') =>
    assembleLabelledRows(
      [{ id: 'a', ts: '2026-03-01T00:00:00.000Z', row }],
      [{ predictionId: 'a', value: label }],
      {
        schema,
        target: 'price',
      },
    );
  expect(rowOf({ price: 'never looked at', day: '01/04/2023', note: 'NA' }).rows).toEqual([
    { price: 1234.5, day: '2023-04-01T00:00:00.000Z', note: 'NA' },
  ]);
  expect(rowOf({ day: 'k.A.' }, '1234.5')).toMatchObject({ rows: [{ price: 1234.5 }], unfit: 0 });
  expect(rowOf({ day: '31/04/2023' })).toMatchObject({ rows: [{ price: 1234.5 }], unfit: 1 });
  expect(rowOf({}, 'k.A.')).toMatchObject({ rows: [], invalid: 1 });
});

it('a time column that orders the rows and was not sent is the moment of the prediction', () => {
  const schema: TableSchema = {
    columns: [
      { name: 'day', type: 'timestamp', role: 'datetime', nullable: true },
      { name: 'x', type: 'number', role: 'numeric', nullable: true },
      { name: 'y', type: 'number', role: 'numeric', nullable: true },
    ],
  } as TableSchema;
  const records = [
    { id: 'a', ts: '2026-03-01T08:00:00.000Z', row: { x: 1 } },
    { id: 'b', ts: '2026-03-01T09:00:00.000Z', row: { x: 2, day: '2026-02-01T00:00:00Z' } },
    { id: 'c', ts: '2026-03-01T10:00:00.000Z', row: { x: 3, day: null } },
  ] as { id: string; ts: string; row: RawRow }[];
  const labels = records.map(({ id }) => ({ predictionId: id, value: '5' }));
  const asked = { schema, target: 'y' };
  const days = (rows: readonly Record<string, unknown>[]) => rows.map(({ day }) => day);
  expect(days(assembleLabelledRows(records, labels, { ...asked, timeColumn: 'day' }).rows)).toEqual([
    '2026-03-01T08:00:00.000Z',
    '2026-02-01T00:00:00.000Z',
    undefined,
  ]);
  expect(days(assembleLabelledRows(records, labels, asked).rows)[0]).toBeUndefined();
});
