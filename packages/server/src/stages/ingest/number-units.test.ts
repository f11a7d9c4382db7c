import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, previewRows } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const quoted = (value: string) => `"${value}"`;

/** A column `v` as it is stored, and what is said of it. */
async function stored(values: readonly string[]) {
  const lines = values.map((value, i) => `row ${i},${quoted(value)}`);
  const { manifest, report } = await lake.ingest('units', Buffer.from(['name,v', ...lines].join('\n')));
  const rows = await previewRows(manifest, { offset: 0, limit: 1000 }, lake.ports);
  return {
    manifest,
    values: rows.map(({ v }) => v),
    reading: manifest.schema.columns.find(({ name }) => name === 'v')!.reading,
    findings: report.findings.filter(({ column }) => column === 'v'),
  };
}

describe('numbers with a unit beside them are numbers', () => {
  test.each<[string, string[], number[], { before: string; after: string }]>([
    ['percent', ['63.7%', '5 %', '-1.5%', '0%'], [63.7, 5, -1.5, 0], { before: '', after: '%' }],
    [
      'dollars',
      ['$1,234.50', '-$5.25', '$-5', '($2.00)'],
      [1234.5, -5.25, -5, -2],
      { before: '$', after: '' },
    ],
    [
      'a currency in the first row alone',
      ['$ 10.5', '11', '12.25'],
      [10.5, 11, 12.25],
      { before: '$', after: '' },
    ],
    [
      'euros behind, decimal comma',
      ['1.234,50 €', '7,25 €', '-3,10 €'],
      [1234.5, 7.25, -3.1],
      { before: '', after: '€' },
    ],
    ['kilograms, decimal comma', ['5,5 kg', '7,25 kg'], [5.5, 7.25], { before: '', after: 'kg' }],
    ['a code', ['USD 5', 'USD 7.5'], [5, 7.5], { before: 'USD', after: '' }],
    ['reais', ['R$ 5', 'R$ 7.5'], [5, 7.5], { before: 'R$', after: '' }],
    ['kilograms', ['5 kg', '7.5 kg', '1e3 kg'], [5, 7.5, 1000], { before: '', after: 'kg' }],
    ['brackets', ['5.00', '(3.25)', '7'], [5, -3.25, 7], { before: '', after: '' }],
    [
      'a minus behind, as SAP writes it',
      ['94.186,56-', '5,00', '1.250,75-'],
      [-94_186.56, 5, -1250.75],
      { before: '', after: '' },
    ],
    ['a minus behind the unit', ['5 €', '3 €-', '7,5 €'], [5, -3, 7.5], { before: '', after: '€' }],
  ])('%s', async (_, values, numbers, unit) => {
    const column = await stored(values);
    expect(column.values).toEqual(numbers);
    expect(column.reading).toMatchObject({ as: 'number', unit });
    expect(column.findings.find(({ code }) => code === 'number-unit')).toMatchObject({
      value: unit.before + unit.after,
      override: '--types v:string',
    });
  });
});

describe('times of the day and durations stay text', () => {
  test.each([
    ['durations', ['00:03:25', '01:00:10', '00:59:59']],
    ['times of the day', ['13:45', '7:05', '23:59']],
    ['laps', ['56:09.181', '10:27.133', '9:00.000']],
  ])('%s, and that is told', async (_, values) => {
    const column = await stored(values);
    expect(column.reading).toEqual({ as: 'string' });
    expect(column.findings.find(({ code }) => code === 'column-text')).toMatchObject({
      severity: 'warning',
      value: values[0],
      message: expect.stringContaining('times of the day or durations'),
    });
  });
});

describe('what only looks like one unit stays text', () => {
  test.each<[string, string[]]>([
    ['two units', ['5 kg', '300 g', '2 kg', '150 g']],
    ['two currencies', ['$5', '€7', '$8', '€1']],
    ['percent beside fractions', ['63.7%', '0.5', '12%', '0.25']],
    ['times of the day', ['10 AM', '11 AM', '9 AM']],
    ['days of a month', ['3 Jan', '4 Jan', '5 Jan']],
    ['codes with a unit', ['007 kg', '010 kg', '011 kg']],
    ['houses', ['12 Main', '14 Oak', '3 Elm']],
  ])('%s', async (_, values) => {
    const column = await stored(values);
    expect(column.values).toEqual(values);
    expect(column.reading).toEqual({ as: 'string' });
  });
});

test('a value without the unit among many is missing, and named', async () => {
  const column = await stored([...Array.from({ length: 300 }, (_, i) => `${i / 10}%`), '0.5']);
  expect(column.values.at(-1)).toBeNull();
  expect(column.findings.find(({ code }) => code === 'value-not-read')?.message).toContain(
    '1 of 301 values of v is not a number in % and was read as missing: "0.5" on line 302.',
  );
});

describe('later files', () => {
  const append = async (first: string[], more: string[]) => {
    const { manifest } = await stored(first);
    const lines = more.map((value, i) => `more ${i},${quoted(value)}`);
    const file = await lake.file('more.csv', ['name,v', ...lines].join('\n'));
    const appended = await appendFile(manifest, { file, fileName: 'more.csv', dataset: 'units' }, lake.ports);
    const rows = await previewRows(appended.manifest, { offset: first.length, limit: 100 }, lake.ports);
    return rows.map(({ v }) => v);
  };

  test('are read in the same unit, of money also without it', async () => {
    expect(await append(['$5', '$6'], ['$1,000', '7'])).toEqual([1000, 7]);
    expect(await append(['5%', '6%'], ['7.5 %'])).toEqual([7.5]);
  });

  test('are refused where percent or another unit lacks, since the number may mean something else', async () => {
    await expect(append(['5%', '6%'], ['0.07'])).rejects.toMatchObject({ code: 'file.value-unreadable' });
    await expect(append(['5%', '6%'], ['0.07'])).rejects.toThrow('numbers with a decimal point and %');
    await expect(append(['$5', '$6'], ['€7'])).rejects.toMatchObject({ code: 'file.value-unreadable' });
  });
});

test('text of JSON is read as that of CSV is', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ name: `row ${i}`, v: `${i / 4}%` }));
  const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
  const { manifest } = await lake.ingest('units.ndjson', Buffer.from(ndjson));
  const read = await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
  expect(read.map(({ v }) => v)).toEqual(rows.map(({ v }) => Number.parseFloat(v)));
  const { reading } = manifest.schema.columns.find(({ name }) => name === 'v')!;
  expect(reading).toMatchObject({ as: 'number', unit: { before: '', after: '%' } });
});
