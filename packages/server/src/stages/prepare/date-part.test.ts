import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceFeatures } from '../../testing/reference-features.ts';
import { DATE_PART_FUNCTIONS, type DatePart, datePart, parseTimestamp } from './index.ts';

const parts = Object.keys(DATE_PART_FUNCTIONS) as DatePart[];

test('every part agrees with the calendar of JavaScript, over ten thousand years', () => {
  const preparation = {
    task: 'regression',
    target: 'y',
    classes: [],
    inputs: [],
    features: parts.map((part) => ({ kind: 'date-part', name: part, column: 't', part })),
    dropped: [],
    leakage: [],
  } as const;
  const moments = fc.oneof(
    fc.integer({ min: -2e14, max: 2e14 }),
    fc.integer({ min: -2_000_000, max: 2_000_000 }).map((day) => day * 86_400_000),
    fc.integer({ min: -2_000_000, max: 2_000_000 }).map((day) => day * 86_400_000 - 1),
  );
  fc.assert(
    fc.property(moments, (ms) => {
      // Date.UTC, which the reference uses, takes the years 0 to 99 for 1900 to 1999.
      fc.pre(new Date(ms).getUTCFullYear() < 0 || new Date(ms).getUTCFullYear() > 99);
      const table = {
        rows: 1,
        columns: [{ name: 't', type: 'timestamp' as const, values: Float64Array.of(ms) }],
      };
      const expected = referenceFeatures(preparation as never, table, 0);
      expect(Float32Array.from(parts, (part) => datePart(ms, part))).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test('a missing moment has no parts', () => {
  for (const part of parts) expect(datePart(Number.NaN, part)).toBeNaN();
});

test.each([
  ['2020-02-29', '2020-02-29T00:00:00.000Z'],
  ['1949-01', '1949-01-01T00:00:00.000Z'],
  ['2020-02-29T10:20', '2020-02-29T10:20:00.000Z'],
  ['2020-02-29 10:20:30.5', '2020-02-29T10:20:30.500Z'],
  ['2020-02-29T10:20:30+02:00', '2020-02-29T08:20:30.000Z'],
  ['2020-02-29T10:20:30-0530', '2020-02-29T15:50:30.000Z'],
  ['0050-01-01', '0050-01-01T00:00:00.000Z'],
])('%s is read', (text, iso) => {
  expect(parseTimestamp(text)).toBe(Date.parse(iso));
});

test.each(['2021-02-29', '2020-13-01', '2020-01-01T25:00', 'soon', '', '20200101', '2020-01-01T10'])(
  '%s is no moment',
  (text) => {
    expect(parseTimestamp(text)).toBeNull();
  },
);
