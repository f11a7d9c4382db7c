import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import type { RawColumn, Reading, TableSource, Workspace } from '../ports.ts';
import { isMissingWord, MISSING_WORDS } from '../settings.ts';
import { columnReadingOf, typeOf } from './column-reading.ts';
import { DIGIT_FORMATS, formatNamed, formsOfOrder, ISO, ISO_ZONED } from './date-formats.ts';
import { fits, possibleReadings, textReadings, unitReadings } from './guess-readings.ts';
import { textReader } from './read-text.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const numberLike = fc.string({
  unit: fc.constantFrom('0', '1', '7', '.', ',', '-', '+', 'e', 'E', '_'),
  maxLength: 6,
});
const longDigits = fc.string({ unit: fc.constantFrom('0', '9', '1'), minLength: 14, maxLength: 20 });
const words = fc.constantFrom(
  'inf',
  'nan',
  'NaN',
  'true',
  'False',
  'yes',
  'x',
  'NA',
  ' NA',
  '-',
  '- ',
  '',
  ' ',
  '0x1F',
  ' 7 ',
  '9007199254740993',
);
const grouped = fc.constantFrom(
  '1,234',
  '1.234',
  '12 345,5',
  "1'234",
  '1,234,567.5',
  '1.234.567,5',
  '01,234',
  '1,23',
  '-1,234',
  '1\u00a0234',
);
const datePieces = fc
  .tuple(
    fc.constantFrom('2010', '0099', '10'),
    fc.constantFrom('-', '/', '.'),
    fc.integer({ min: 0, max: 14 }),
    fc.integer({ min: 0, max: 32 }),
    fc.constantFrom('', ' 10:20', 'T10:20:30', ' 25:00', ' 1:05 PM', 'Z', ' 10:20+02:00'),
  )
  .chain(([year, mark, month, day, time]) =>
    fc
      .constantFrom([year, month, day], [month, day, year], [day, month, year])
      .map((order) => order.join(mark) + time),
  );
/** Moments as programs write them, one character of some of them replaced. */
const nearlyWritten = fc
  .tuple(
    fc.date({ min: new Date('1100-01-01'), max: new Date('9899-12-31'), noInvalidDate: true }),
    fc.constantFrom(10, 19),
    fc.constantFrom('', ' ', 'T', 'Z', '.', '-', '+', '0', '9'),
    fc.nat({ max: 18 }),
  )
  .map(([date, length, other, at]) => {
    const text = date.toISOString().replace('T', ' ').slice(0, length);
    return other === '' || at >= length ? text : text.slice(0, at) + other + text.slice(at + 1);
  });
const year = fc.constantFrom('2010', '2019', '2015', '1850', '2020', '0099');
const periods = fc
  .tuple(
    year,
    fc.constantFrom('-', '', ' ', '/'),
    fc.constantFrom('M', 'm', 'Q', 'q', 'W', 'w', ''),
    fc.integer({ min: 0, max: 54 }),
    fc.constantFrom('', '-1', '7', '-8', '31', '29'),
    fc.boolean(),
  )
  .chain(([of, mark, letter, number, rest, isPadded]) => {
    const digits = isPadded ? String(number).padStart(2, '0') : String(number);
    return fc.constantFrom(`${of}${mark}${letter}${digits}${rest}`, `${letter}${number % 6}${mark}${of}`);
  });
/** Numbers with units beside them, some of them wrong. */
const withUnits = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+', '(', ' '),
    fc.constantFrom('', '', '$', '$ ', 'R$', 'EUR ', '€'),
    fc.constantFrom('', '', '-', '+'),
    fc.oneof(numberLike, grouped, fc.constantFrom('5', '1,234.50', '.5', '5.', '007', '1 234,5', '1e3')),
    fc.constantFrom('', '', '%', ' %', ' kg', 'kg', '\u00a0€', ' USD', '%%'),
    fc.constantFrom('', '', '', ')', ' '),
  )
  .map((parts) => parts.join(''));
const UNITS = [
  { before: '$', after: '' },
  { before: 'R$', after: '' },
  { before: 'EUR', after: '' },
  { before: '', after: '%' },
  { before: '', after: '€' },
  { before: '', after: 'kg' },
  { before: '', after: '' },
];
const texts = fc.array(
  fc.oneof(
    numberLike,
    longDigits,
    words,
    grouped,
    datePieces,
    nearlyWritten,
    periods,
    periods,
    withUnits,
    withUnits,
  ),
  {
    minLength: 20,
    maxLength: 80,
  },
);

const DIGITS = DIGIT_FORMATS.map((form): Reading => ({ as: 'timestamp', forms: [form], timeZone: 'UTC' }));

test.each(['.', ','] as const)(
  'a value fits a reading of numbers with %j here exactly where the engine reads it',
  async (decimal) => {
    const workspace = await lake.ports.tables.open({ reads: [] });
    const inUnits = UNITS.flatMap((unit) => unitReadings(unit, { decimal }));
    const all = [
      ...textReadings({ decimal, timeZone: 'UTC' }),
      ...DIGITS,
      ...inUnits,
      { as: 'code' } as const,
    ];
    const some = fc.shuffledSubarray(all, { minLength: 15, maxLength: 15 });
    try {
      await fc.assert(
        fc.asyncProperty(texts, some, async (values, readings) => {
          const source = await sourceOf(workspace, values);
          const from: RawColumn = { path: ['c0'], kind: 'text' };
          const tallies = await workspace.tally(
            source,
            readings.map((reading) => ({ from, reading })),
          );
          const present = values.filter((value) => !isMissingWord(value));
          readings.forEach((reading, i) => {
            const odd = present.filter((value) => !fits(value.trim(), reading));
            const told = `${JSON.stringify(reading)} against ${JSON.stringify(odd)}`;
            expect(tallies[i], told).toEqual({ present: present.length, against: odd.length });
          });
        }),
        { numRuns: 40 },
      );
    } finally {
      await workspace.close();
    }
  },
);

const [ISO_FORM, ZONED_FORM] = [formatNamed(ISO)!, formatNamed(ISO_ZONED)!];

const READINGS: Reading[] = [
  { as: 'string' },
  { as: 'boolean' },
  { as: 'number', decimal: '.', thousands: '' },
  { as: 'number', decimal: ',', thousands: '.' },
  { as: 'number', decimal: '.', thousands: ',' },
  { as: 'number', decimal: ',', thousands: ' ' },
  ...UNITS.map((unit): Reading => ({ as: 'number', decimal: '.', thousands: ',', unit })),
  { as: 'number', decimal: ',', thousands: '', unit: { before: '', after: '%' } },
  { as: 'timestamp', forms: formsOfOrder('dmy'), timeZone: 'UTC' },
  { as: 'timestamp', forms: formsOfOrder('mdy'), timeZone: 'Europe/Berlin' },
  { as: 'timestamp', forms: formsOfOrder('ymd'), timeZone: 'America/New_York' },
  { as: 'timestamp', forms: [...DIGIT_FORMATS, ISO_FORM, ZONED_FORM], timeZone: 'Europe/Berlin' },
];

test('one value is read as the engine reads a whole file', async () => {
  const workspace = await lake.ports.tables.open({ reads: [] });
  try {
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const source = await sourceOf(workspace, values);
        const columns = READINGS.map((reading, i) => ({
          name: `r${i}`,
          from: { path: ['c0'], kind: 'text' as const },
          reading,
          isLenient: true,
        }));
        const stored = await workspace.store(source, columns);
        const types = READINGS.map((reading, i) => ({ name: `r${i}`, type: typeOf(reading) }));
        const rows = await workspace.rows([stored!.path], types, { offset: 0, limit: values.length });
        READINGS.forEach((reading, i) => {
          const read = textReader(columnReadingOf(reading), MISSING_WORDS);
          values.forEach((value, row) => {
            const expected = unsigned(read(value) ?? null);
            const found = unsigned(rows[row]![`r${i}`]!);
            if (reading.as === 'string') expect(isMissingWord(value) ? expected : found).toBe(expected);
            else
              expect(
                reading.as === 'timestamp' && found !== null ? Date.parse(String(found)) : found,
                `${JSON.stringify(value)} as ${JSON.stringify(reading).slice(0, 80)}`,
              ).toBe(expected);
          });
        });
      }),
      { numRuns: 20 },
    );
  } finally {
    await workspace.close();
  }
});

/** Zero has no sign in stored files, which keep each value once. */
function unsigned<T>(value: T): T | 0 {
  return value === 0 ? 0 : value;
}

async function sourceOf(workspace: Workspace, values: readonly string[]): Promise<TableSource> {
  async function* bytes() {
    yield Buffer.from(values.map((value) => `"${value}",end\n`).join(''));
  }
  const path = await workspace.write('values.csv', bytes());
  return {
    format: 'delimited',
    path,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: false,
    columns: 2,
    missingWords: MISSING_WORDS,
  };
}

test('a sample without a value says nothing', () => {
  const readings = textReadings({ decimal: '.', timeZone: 'UTC' });
  expect(possibleReadings(['', 'NA', ' '], readings, new Set(MISSING_WORDS))).toBeNull();
});

test.each([
  ['2019M01', '2019-01-01'],
  ['2019-M7', '2019-07-01'],
  ['2010Q1', '2010-01-01'],
  ['2010-Q4', '2010-10-01'],
  ['Q2 2010', '2010-04-01'],
  ['2021-W01', '2021-01-04'],
  ['2020W53', '2020-12-28'],
  ['2021-W01-7', '2021-01-10'],
])('%s is the day %s', (text, day) => {
  const read = textReader({
    as: 'timestamp',
    formats: formsOfOrder('ymd').map(({ format }) => format),
    order: null,
    timeZone: 'UTC',
  });
  expect(read(text)).toBe(Date.parse(day));
});

test.each(['2021-W53', '2019M13', '2010Q5', '1850Q1', '20190101'])('%s is no date', (text) => {
  expect(
    possibleReadings([text], textReadings({ decimal: '.', timeZone: 'UTC' }), new Set())!.clean,
  ).not.toContainEqual(expect.objectContaining({ as: 'timestamp' }));
});
