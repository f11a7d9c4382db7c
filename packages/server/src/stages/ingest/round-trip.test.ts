import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDuckdbTables } from '../../adapters/duckdb/index.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { ingestFile, previewRows, type Row, readTable } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 5 });
/** Led by a letter, so that no column of them is read as numbers or dates, and kept to the letter otherwise. */
const text = fc
  .string({ unit: fc.constantFrom('a', 'é', '😀', ',', ';', '"', '\n', '\r', ' ', '0', '\\') })
  .map((rest) => `w${rest}`);
/** Whole numbers beyond what a float holds exactly are read as codes, so none is written. */
const number = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
  .filter((value) => Math.abs(value) <= 2 ** 53 || /[.e]/.test(String(value)));
const moment = fc
  .integer({ min: -2_000_000_000, max: 4_000_000_000 })
  .map((seconds) => new Date(seconds * 1000).toISOString());
const rows = fc.array(
  fc.record({ t: orNull(text), n: orNull(number), b: orNull(fc.boolean()), d: orNull(moment) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

const written = (value: Row[string]) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`);

test('what is written as delimited text comes back, in any encoding, with any delimiter and line end', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (table, delimiter, end, wide) => {
        // One full row more, so that every column has its type.
        const all: Row[] = [...table, { t: 'w', n: 0.5, b: true, d: '2020-01-01T00:00:00.000Z' }];
        const lines = all.map((row) =>
          ['t', 'n', 'b', 'd'].map((name) => written(row[name]!)).join(delimiter),
        );
        const content = [['t', 'n', 'b', 'd'].join(delimiter), ...lines].join(end);
        const bytes = wide ? Buffer.from(`\ufeff${content}`, 'utf16le') : Buffer.from(content);
        const { manifest } = await lake.ingest('table', bytes);
        const back = await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
        expect(back).toEqual(all.map((row) => ({ ...row, n: Object.is(row.n, -0) ? 0 : row.n })));
        const inMemory = await readTable(manifest, lake.ports);
        const words = inMemory.columns[0]!;
        expect(
          words.type === 'string' && [...words.codes].map((code) => words.dictionary[code] ?? null),
        ).toEqual(all.map(({ t }) => t));
      },
    ),
    { numRuns: 30 },
  );
});

test('as many columns as are allowed are read', async () => {
  const columns = 4_000;
  const tables = createDuckdbTables({
    scratchFolder: `${lake.folder}/wide`,
    memoryLimitBytes: 2e9,
    threads: 2,
  });
  const ports = { ...lake.ports, tables };
  const line = (row: number) =>
    Array.from({ length: columns }, (_, i) => (i % 4 === 0 ? `w${row}` : row + i / 2)).join(',');
  const header = Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
  const file = await lake.file(
    'wide.csv',
    [header, ...Array.from({ length: 30 }, (_, row) => line(row))].join('\n'),
  );
  const { manifest } = await ingestFile({ file, fileName: 'wide.csv' }, ports);
  expect([manifest.rows, manifest.schema.columns.length]).toEqual([30, columns]);
  const table = await readTable(manifest, ports, { columns: ['c3999', 'c0'] });
  expect(table.columns[0]).toMatchObject({
    type: 'number',
    values: Float64Array.from({ length: 30 }, (_, row) => row + 1999.5),
  });
});

test.each([
  ['doubled, where a value ends with a backslash', 'path,n\n"C:\\",1\n"a""b",2\n', ['C:\\', 'a"b']],
  ['escaped by a backslash', 'path,n\n"say \\"hi\\" twice",1\n"plain",2\n', ['say "hi" twice', 'plain']],
])('reads quotes in quoted text %s', async (_, content, expected) => {
  const { manifest } = await lake.ingest('quotes', Buffer.from(content));
  const rowsBack = await previewRows(manifest, { offset: 0, limit: 10 }, lake.ports);
  expect(rowsBack.map((row) => row.path)).toEqual(expected);
});
