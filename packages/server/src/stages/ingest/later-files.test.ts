import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, type DatasetManifest, previewRows, type Row, readTable } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

let files = 0;

async function appended(parent: DatasetManifest, content: string) {
  const name = `later-${files++}.csv`;
  const file = await lake.file(name, content);
  return appendFile(parent, { file, fileName: name, dataset: 'd' }, lake.ports);
}

async function rowsOf(manifest: DatasetManifest): Promise<Row[]> {
  return previewRows(manifest, { offset: 0, limit: 10_000 }, lake.ports);
}

const cells = fc.record({
  day: fc.date({
    min: new Date('2001-01-01T00:00:00Z'),
    max: new Date('2049-12-31T00:00:00Z'),
    noInvalidDate: true,
  }),
  amount: fc.integer({ min: -2_000_000, max: 2_000_000 }),
  word: fc.constantFrom('a', 'NA', ' b', 'True', '12', '1.0', ''),
});

type Cells = { day: Date; amount: number; word: string };

/** Day first, decimal comma and semicolons, as the first file of the dataset has it. */
function european(rows: readonly Cells[]): string {
  const line = ({ day, amount, word }: Cells) => {
    const [year, month, date] = day.toISOString().slice(0, 10).split('-');
    return `${date}/${month}/${year};${(amount / 100).toFixed(2).replace('.', ',')};${word}`;
  };
  return `day;amount;word\n${rows.map(line).join('\n')}\n`;
}

const FIRST: Cells[] = [
  { day: new Date('2023-01-31T00:00:00Z'), amount: 150, word: 'a' },
  { day: new Date('2023-02-01T00:00:00Z'), amount: -25, word: 'x' },
];

test('rows read alike in one file, in parts, and in another order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { minLength: 2, maxLength: 40 }), fc.nat(), async (rows, cut) => {
      const { manifest: whole } = await lake.ingest(`whole-${files++}.csv`, european([...FIRST, ...rows]));
      const expected = (await rowsOf(whole)).slice(FIRST.length);

      const { manifest: first } = await lake.ingest(`first-${files++}.csv`, european(FIRST));
      const at = 1 + (cut % (rows.length - 1));
      const { manifest: part } = await appended(first, european(rows.slice(0, at)));
      const { manifest: parts } = await appended(part, european(rows.slice(at)));
      expect((await rowsOf(parts)).slice(FIRST.length)).toEqual(expected);

      const { manifest: turned } = await appended(first, european(rows.toReversed()));
      expect((await rowsOf(turned)).slice(FIRST.length)).toEqual(expected.toReversed());
    }),
    { numRuns: 8 },
  );
});

test('a later file is read alike with other separators and as JSON', async () => {
  const { manifest } = await lake.ingest('first.csv', european(FIRST));
  const [row] = (
    await rowsOf((await appended(manifest, 'word\tday\tamount\nNA\t05/04/2023\t1,5\n')).manifest)
  ).slice(2);
  expect(row).toEqual({ day: '2023-04-05T00:00:00.000Z', amount: 1.5, word: 'NA' });
  const json = '[{"day":"05/04/2023","amount":1.5,"word":"NA"}]';
  expect((await rowsOf((await appended(manifest, json)).manifest)).at(-1)).toEqual(row);
});

describe('what a later file cannot change', () => {
  test('the order of day and month', async () => {
    const { manifest } = await lake.ingest('dates.csv', 'day,n\n31/01/2023,1\n01/02/2023,2\n');
    const { manifest: more } = await appended(
      manifest,
      'day,n\n01/04/2023,3\n02/04/2023 10:30,4\n2023-04-03,5\n',
    );
    expect((await rowsOf(more)).slice(2).map(({ day }) => day)).toEqual([
      '2023-04-01T00:00:00.000Z',
      '2023-04-02T10:30:00.000Z',
      '2023-04-03T00:00:00.000Z',
    ]);
    await expect(appended(manifest, 'day,n\n04/13/2023,3\n')).rejects.toMatchObject({
      code: 'file.value-unreadable',
      details: { value: '"04/13/2023"', expected: 'dates with the day first', line: 2 },
    });
  });

  test('words that look like numbers or truth are words', async () => {
    const { manifest } = await lake.ingest('words.csv', 'optin,tier\nUnknown,1.0\nTrue,A\n');
    const { manifest: more } = await appended(manifest, 'optin,tier\nTrue,1.0\nFalse,2\n');
    expect((await rowsOf(more)).slice(2)).toEqual([
      { optin: 'True', tier: '1.0' },
      { optin: 'False', tier: '2' },
    ]);
  });

  test('which words are missing', async () => {
    const { manifest } = await lake.ingest('m.csv', 'n,w\n1,NA\n.,x\n2,y\n', { missing: ['.'] });
    const { manifest: more } = await appended(manifest, 'n,w\n.,NA\n3,.\n');
    const { columns } = await readTable(more, lake.ports);
    expect(columns[0]).toMatchObject({ values: Float64Array.of(1, Number.NaN, 2, Number.NaN, 3) });
    expect(columns[1]).toMatchObject({ dictionary: ['NA', 'x', 'y'], codes: Int32Array.of(0, 1, 2, 0, -1) });
  });

  test('the time zone of times without one', async () => {
    const options = { timeZone: 'Europe/Berlin' };
    const { manifest } = await lake.ingest('z.csv', 't,n\n2024-01-01 12:00,1\n2024-07-01 12:00,2\n', options);
    const { manifest: more } = await appended(manifest, 't,n\n2024-03-31 03:30,3\n2024-07-01T12:00:00Z,4\n');
    expect((await rowsOf(more)).map(({ t }) => t)).toEqual([
      '2024-01-01T11:00:00.000Z',
      '2024-07-01T10:00:00.000Z',
      '2024-03-31T01:30:00.000Z',
      '2024-07-01T12:00:00.000Z',
    ]);
  });
});

describe('missing-value words of a target', () => {
  const table = async (words: Record<string, number>, options = {}) => {
    const lines = Object.entries(words).flatMap(([word, count]) =>
      Array.from({ length: count }, (_, i) => `${word},${i}`),
    );
    const { manifest } = await lake.ingest(`t-${files++}.csv`, `Kind,n\n${lines.join('\n')}\n`, options);
    const { columns } = await readTable(manifest, lake.ports, { target: 'kind' });
    return columns[0]!.type === 'string' ? columns[0]!.dictionary.toSorted() : [];
  };

  test('are classes where people use them and they are frequent', async () => {
    expect(await table({ EU: 40, AS: 40, NA: 20 })).toEqual(['AS', 'EU', 'NA']);
    expect(await table({ '+': 40, '-': 60 })).toEqual(['+', '-']);
    expect(await table({ None: 30, Mild: 30, Severe: 30 })).toEqual(['Mild', 'None', 'Severe']);
  });

  test('are missing where they are rare, or where only programs write them', async () => {
    expect(await table({ yes: 600, no: 600, NA: 3 })).toEqual(['no', 'yes']);
    expect(await table({ yes: 60, no: 60, NaN: 60, null: 60 })).toEqual(['no', 'yes']);
  });

  test('are what the user says', async () => {
    expect(await table({ EU: 40, AS: 40, NA: 20 }, { missing: ['NA'] })).toEqual(['AS', 'EU']);
    expect(await table({ yes: 600, no: 600, NA: 3 }, { noMissingWords: true })).toEqual(['NA', 'no', 'yes']);
  });
});
