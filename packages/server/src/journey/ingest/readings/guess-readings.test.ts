import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import type { RawColumn, TableSource } from '../ports.ts';
import { isMissingWord, MISSING_WORDS } from '../settings.ts';
import { fits, surviving, textReadings } from './guess-readings.ts';

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
const texts = fc.array(fc.oneof(numberLike, longDigits, words, datePieces), { minLength: 20, maxLength: 80 });

test('what the sample lets a column be, the engine reads so: no fitting value is lost, and no other is taken', async () => {
  const workspace = await lake.ports.tables.open({ reads: [] });
  const readings = textReadings(',');
  try {
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const csv = values.map((value) => `"${value}",end\n`).join('');
        async function* bytes() {
          yield Buffer.from(csv);
        }
        const path = await workspace.write('values.csv', bytes());
        const source: TableSource = {
          format: 'delimited',
          path,
          delimiter: ',',
          quote: '"',
          escape: '"',
          header: false,
          columns: 2,
          missingWords: MISSING_WORDS,
        };
        const from: RawColumn = { path: ['c0'], kind: 'text' };
        const misfits = await workspace.misfits(
          source,
          readings.map((reading) => ({ from, reading })),
        );
        const present = values.filter((value) => !isMissingWord(value));
        readings.forEach((reading, i) => {
          const odd = present.filter((value) => !fits(value.trim(), reading));
          // A day that no month has, such as 31 February, only the engine knows.
          if (reading.as === 'timestamp')
            expect(misfits[i], JSON.stringify(reading)).toBeGreaterThanOrEqual(odd.length);
          else
            expect(misfits[i], `${JSON.stringify(reading)} against ${JSON.stringify(odd)}`).toBe(odd.length);
        });
      }),
      { numRuns: 25 },
    );
  } finally {
    await workspace.close();
  }
});

test('a sample without a value says nothing', () => {
  expect(surviving(['', 'NA', ' '], textReadings('.'))).toBeNull();
});
