import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, type DatasetManifest, previewRows } from '../ingest/index.ts';
import type { RawRow } from '../serve/index.ts';
import { assembleLabelledRows } from './assemble-labelled-rows.ts';

let lake: TemporaryLake;
let usual: DatasetManifest;
beforeAll(async () => {
  lake = await temporaryLake();
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${1000 + i},1,2023-01-${String((i % 28) + 1).padStart(2, '0')},${i % 7},${i % 2 === 0},u${i}`,
  );
  usual = (await lake.ingest('first.csv', `id,constant,day,age,churned,user\n${lines.join('\n')}\n`))
    .manifest;
});
afterAll(() => lake.close());

/** Appends the labelled predictions of such rows, as a retraining by policy does, and gives the new rows. */
async function appended(rows: readonly RawRow[], parent = usual, target = 'churned', label = 'true') {
  const records = rows.map((row, i) => ({ id: `p_${i}`, ts: '2026-03-01T00:00:00.000Z', row }));
  const labels = records.map(({ id }) => ({ predictionId: id, value: label }));
  const found = assembleLabelledRows(records, labels, { schema: parent.schema, target });
  const file = await lake.file(
    'labelled.ndjson',
    found.rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
  const names = parent.schema.columns.map(({ name }) => name);
  const { manifest } = await appendFile(
    parent,
    {
      file,
      fileName: 'labelled.ndjson',
      dataset: 'churn',
      mayLack: names.filter((name) => name !== target),
    },
    lake.ports,
  );
  return previewRows(manifest, { offset: parent.rows, limit: 100 }, lake.ports);
}

describe('labelled traffic', () => {
  it('goes into the dataset though columns that the model leaves out were never sent', async () => {
    expect(await appended([{ age: 30 }, { age: 31 }])).toEqual([
      { id: null, constant: null, day: null, age: 30, churned: true, user: null },
      { id: null, constant: null, day: null, age: 31, churned: true, user: null },
    ]);
  });

  it('brings along the columns that the model leaves out where callers sent them, in the types of the dataset', async () => {
    const sent = { id: 2001, constant: 1, day: '2023-02-01', age: 30, churned: false, user: 'u1' };
    const whole = { ...sent, day: '2023-02-01T00:00:00.000Z', churned: true };
    const none = { id: null, constant: null, day: null, age: 30, churned: true, user: null };
    expect(
      await appended([
        { age: 30 },
        sent,
        { ...sent, id: '2001', constant: true, user: 17 },
        { ...sent, id: 'NA', constant: ' ', day: 'NaT', user: null },
        { ...sent, id: 'x17', constant: 'one', day: 17, user: null },
      ]),
    ).toEqual([none, whole, { ...whole, user: '17' }, none, none]);
  });

  it('goes into a dataset with days before months, decimal commas and a time zone as the model read it', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, i) => `${String((i % 28) + 1).padStart(2, '0')}/04/2023;${i},5;${i * 3},25`,
    );
    const file = await lake.ingest('local.csv', `day;amount;price\n${lines.join('\n')}\n`, {
      timeZone: 'Europe/Berlin',
    });
    const rows = [
      { day: '02/04/2023', amount: 7.5 },
      { day: '2023-04-02', amount: '1234,5' },
      { day: '2023-04-01T22:00:00Z', amount: 'NA' },
    ];
    const day = '2023-04-01T22:00:00.000Z';
    expect(await appended(rows, file.manifest, 'price', '12.25')).toEqual([
      { day, amount: 7.5, price: 12.25 },
      { day, amount: 1234.5, price: 12.25 },
      { day, amount: null, price: 12.25 },
    ]);
  });
});
