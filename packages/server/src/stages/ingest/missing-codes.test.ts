import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, previewRows, textReader } from './index.ts';
import { missingCodes } from './profile/missing-codes.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

async function stored(text: string, options: object = {}) {
  const { manifest, report } = await lake.ingest('codes', Buffer.from(text), options);
  const rows = await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
  return { manifest, values: rows.map(({ v }) => v), findings: report.findings };
}

const csv = (values: readonly string[]) => ['n,v', ...values.map((value, i) => `${i},"${value}"`)].join('\n');
const ndjson = (values: readonly unknown[]) => values.map((v, i) => JSON.stringify({ n: i, v })).join('\n');

describe('a number or a time among the missing-value words is missing', () => {
  test.each<[string, string, string[], unknown[]]>([
    ['whole numbers', csv(['5', '-999', '7', ' -999 ']), ['-999'], [5, null, 7, null]],
    ['however it is written', csv(['5.5', '-999.0', '7', '-9.99e2']), ['-999'], [5.5, null, 7, null]],
    ['a word with a point', csv(['5', '-999', '7']), ['-999.00'], [5, null, 7]],
    ['decimal commas', csv(['5,5', '-999,0', '7,25']), ['-999'], [5.5, null, 7.25]],
    ['numbers with a unit', csv(['5 kg', '-1 kg', '7 kg']), ['-1'], [5, null, 7]],
    ['numbers of JSON', ndjson([5, -999, 7.5, null]), ['-999'], [5, null, 7.5, null]],
    ['whole numbers of JSON', ndjson([5, -999, 7]), ['-999'], [5, null, 7]],
    [
      'days',
      csv(['2023-05-01', '9999-12-31', '2023-05-03']),
      ['9999-12-31'],
      ['2023-05-01T00:00:00.000Z', null, '2023-05-03T00:00:00.000Z'],
    ],
    [
      'days as the file writes them',
      csv(['01.05.2023', '31.12.2999', '13.05.2023']),
      ['31.12.2999'],
      ['2023-05-01T00:00:00.000Z', null, '2023-05-13T00:00:00.000Z'],
    ],
  ])('%s', async (_, text, alsoMissing, values) => {
    expect((await stored(text, { alsoMissing })).values).toEqual(values);
  });

  test('in a file appended later, whose meaning is that of the dataset', async () => {
    const first = await stored(csv(['5', '-999', '7']), { alsoMissing: ['-999'] });
    const file = await lake.file('later.csv', csv(['-999.0', '8']));
    const request = { file, fileName: 'later.csv', dataset: 'codes' };
    const later = await appendFile(first.manifest, request, lake.ports);
    const rows = await previewRows(later.manifest, { offset: 3, limit: 10 }, lake.ports);
    expect(rows.map(({ v }) => v)).toEqual([null, 8]);
  });

  test('the usual words stay missing beside it, or are replaced', async () => {
    const text = csv(['5', '-999', 'NA', '7']);
    expect((await stored(text, { alsoMissing: ['-999'] })).values).toEqual([5, null, null, 7]);
    const replaced = await stored(csv(['5', '-999', '7']), { missing: ['-999'] });
    expect(replaced.values).toEqual([5, null, 7]);
    expect(replaced.manifest.schema.missingWords).toEqual(['-999']);
  });

  test('one value at a time, as in files', () => {
    const read = textReader({ as: 'number', decimal: ',', thousands: '.' }, ['-999', 'NA']);
    expect(['-999,0', '-999', 'NA', '1.234,5', '-9.999'].map(read)).toEqual([
      null,
      null,
      null,
      1234.5,
      -9999,
    ]);
  });

  test('null as databases export it is a usual word', async () => {
    expect((await stored(csv(['5', '\\N', '7']))).values).toEqual([5, null, 7]);
  });
});

describe('values that look like codes for missing ones are told, and kept', () => {
  const codesOf = (values: number[], type: 'number' | 'timestamp' = 'number') =>
    missingCodes(Float64Array.from(values).sort(), type).map(({ value, count }) => [value, count]);
  const day = (text: string) => Date.parse(text);

  test.each<[string, number[], [number, number][]]>([
    ['-999 in degrees', [-999, -999, -3, 11, 30.5], [[-999, 2]]],
    ['three of a survey', [1, 2, 5, 77, 88, 88, 99, 99, 99, 77], [[77, 2], [88, 2], [99, 3]]], // biome-ignore format: one line a case
    ['at both ends', [-9999, -9999, 3, 4, 9999, 9999], [[-9999, 2], [9999, 2]]], // biome-ignore format: one line a case
    ['an age of 99', [18, 40, 80, 99, 99], []],
    ['once', [-999, 3, 4, 5], []],
    ['near the others', [990, 995, 999, 999], []],
    ['other digits', [-500, -500, 3, 4], []],
    ['one other value', [-999, -999, 3, 3], []],
    ['nothing else', [99, 99, 99], []],
    ['no values', [], []],
  ])('%s', (_, values, expected) => {
    expect(codesOf(values)).toEqual(expected);
  });

  test('days at the ends of calendars', () => {
    const usual = [day('2023-01-01'), day('2023-06-01'), day('2024-01-01')];
    const last = day('9999-12-31');
    expect(codesOf([...usual, last, last], 'timestamp')).toEqual([[last, 2]]);
    expect(codesOf([...usual, day('2024-12-31'), day('2024-12-31')], 'timestamp')).toEqual([]);
  });

  test('the warning says how to have them missing, and that does it', async () => {
    const text = csv(['5', '-999', '7', '-999', '6.5']);
    const { values, findings } = await stored(text);
    expect(values).toEqual([5, -999, 7, -999, 6.5]);
    const finding = findings.find(({ code }) => code === 'missing-code');
    expect(finding).toMatchObject({
      severity: 'warning',
      column: 'v',
      count: 2,
      override: '--also-missing=-999',
    });
    expect(finding?.message).toContain('-999 (2 rows)');
    const read = await stored(text, { alsoMissing: ['-999'] });
    expect(read.values).toEqual([5, null, 7, null, 6.5]);
    expect(read.findings.map(({ code }) => code)).not.toContain('missing-code');
  });
});

test('a column of one value that some rows lack is not told as left out, for models learn from it', async () => {
  const leftOut = async (cells: readonly string[]) => {
    const text = ['n,v', ...cells.map((cell, i) => `${i % 3},${cell}`)].join('\n');
    const { findings } = await stored(text);
    return findings.filter(({ code, column }) => code === 'column-left-out' && column === 'v');
  };
  expect(await leftOut(['x', '', 'x', '', 'x'])).toEqual([]);
  expect(await leftOut(['x', 'x', 'x'])).toMatchObject([
    { message: expect.stringContaining('one value in every row') },
  ]);
  expect(await leftOut(['NA', '', 'NA'])).toMatchObject([
    { message: expect.stringContaining('missing in every row') },
  ]);
});
