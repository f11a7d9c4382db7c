import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import type { ColumnProfile, ColumnRole } from '../model.ts';
import { DistinctSketch } from './distinct-sketch.ts';
import { EXACT_ROWS } from './profile-numbers.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

async function profileOf(header: string, rows: string[]): Promise<Record<string, ColumnProfile>> {
  const { profile } = await lake.ingest('p.csv', `${header}\n${rows.join('\n')}\n`);
  return Object.fromEntries(profile.columns.map((column) => [column.name, column]));
}

test('numbers have moments, quantiles and a histogram that holds every present value', async () => {
  const { n } = await profileOf('n,x', [...Array.from({ length: 101 }, (_, i) => `${i},a`), ',b']);
  expect(n).toMatchObject({ rows: 102, missing: 1, distinct: 101, distinctApproximate: false });
  expect(n?.numeric).toMatchObject({ min: 0, max: 100, quantiles: [1, 5, 25, 50, 75, 95, 99] });
  expect(n?.numeric?.mean).toBeCloseTo(50, 9);
  expect(n?.numeric?.standardDeviation).toBeCloseTo(Math.sqrt((101 ** 2 - 1) / 12), 9);
  expect(n?.numeric?.histogram.edges).toHaveLength(n!.numeric!.histogram.counts.length + 1);
  expect(n?.numeric?.histogram.counts.reduce((a, b) => a + b)).toBe(101);
});

test('numbers near the largest there are have finite moments', async () => {
  const { n } = await profileOf('n,x', ['1.7e308,a', '-1.7e308,b', '1e300,c']);
  const { mean, standardDeviation, histogram } = n!.numeric!;
  expect([mean, standardDeviation, ...histogram.edges].every(Number.isFinite)).toBe(true);
  expect(histogram.counts.reduce((a, b) => a + b)).toBe(3);
});

test('words have their most frequent values first, ties by code point', async () => {
  const { w } = await profileOf('w,x', ['b,1', 'a,1', 'c,1', 'c,1', 'NA,1']);
  expect(w?.top).toEqual([
    { value: 'c', count: 2 },
    { value: 'a', count: 1 },
    { value: 'b', count: 1 },
  ]);
  expect(w).toMatchObject({ missing: 1, distinct: 3 });
});

test('a column without a value has no numbers and no words', async () => {
  const { e } = await profileOf('e,x', [',1', ',2']);
  expect(e).toMatchObject({ role: 'constant', missing: 2, distinct: 0, top: [] });
});

test('large tables are estimated within two percent, and say so; unique whole numbers are counted', async () => {
  const rows = Array.from({ length: EXACT_ROWS + 50_000 }, (_, i) => `${i},${(i % 70_000) / 7}`);
  const { id, v } = await profileOf('id,v', rows);
  expect(id).toMatchObject({ role: 'identifier', distinct: rows.length, distinctApproximate: false });
  expect(v?.distinctApproximate).toBe(true);
  expect(Math.abs(v!.distinct / 70_000 - 1)).toBeLessThan(0.02);
  // 40,000 of the values come four times, the rest three times: half of the rows lie below the 31,250th.
  expect(v?.numeric?.quantiles[3]).toBeCloseTo(31_250 / 7, 0);
});

test('whole numbers near one another are counted exactly in large tables, missing ones aside', async () => {
  const rows = Array.from({ length: EXACT_ROWS + 10 }, (_, i) =>
    i % 11 === 0 ? ',x' : `${-5_000 + ((i * 37) % 9_001)},x`,
  );
  const { n } = await profileOf('n,other', rows);
  expect(n).toMatchObject({ distinct: 9_001, distinctApproximate: false });
  const present = rows.filter((row) => row !== ',x').map((row) => Number.parseInt(row, 10));
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  expect(n?.missing).toBe(rows.length - present.length);
  expect(n?.numeric?.mean).toBeCloseTo(mean, 6);
  expect(n?.numeric?.standardDeviation).toBeCloseTo(Math.sqrt(squares / present.length), 6);
  expect(n?.numeric?.histogram.counts.reduce((a, b) => a + b)).toBe(present.length);
});

test('small differences between large numbers are not lost in the moments', async () => {
  const values = Array.from({ length: 5_000 }, (_, i) => 1e9 + (i % 2) / 1_000);
  const { n } = await profileOf(
    'n,x',
    values.map((value) => `${value.toFixed(3)},a`),
  );
  expect(n?.numeric?.standardDeviation).toBeCloseTo(0.0005, 7);
});

test('the ends of moments are told to the millisecond, also before 1970', async () => {
  const { t } = await profileOf('t,x', ['1812-06-24 03:04:05.678,a', '2001-01-01 00:00:00,b']);
  expect(t?.numeric).toMatchObject({ min: Date.UTC(1812, 5, 24, 3, 4, 5, 678), max: Date.UTC(2001, 0, 1) });
});

test('the sketch is exact to a fraction of a percent while few', () => {
  for (const distinct of [1, 10, 1000]) {
    const sketch = new DistinctSketch();
    for (let pass = 0; pass < 3; pass++)
      sketch.addAll(Float64Array.from({ length: distinct }, (_, i) => Math.sqrt(i)));
    expect(Math.abs(sketch.count() - distinct)).toBeLessThanOrEqual(distinct / 100);
  }
});

describe('roles', () => {
  const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 60 }, (_, i) => make(i));
  const uuid = (i: number) => `123e4567-e89b-12d3-a456-4266141740${String(i).padStart(2, '0')}`;
  test.each<[string, string, string[], ColumnRole]>([
    ['row numbers', 'rownames', many((i) => String(i + 1)), 'identifier'],
    ['row numbers without a telling name', 'zz', many((i) => String(i)), 'identifier'],
    ['shuffled whole numbers called an id', 'customerId', many((i) => String((i * 37) % 1009)), 'identifier'],
    ['the same without such a name', 'income', many((i) => String((i * 37) % 1009)), 'numeric'],
    ['unique measurements', 'weight_id', many((i) => String(i + 0.5)), 'numeric'],
    ['years', 'year', many((i) => String(1950 + i)), 'numeric'],
    ['few codes called an id', 'admission_type_id', many((i) => String(i % 8)), 'numeric'],
    ['unique codes', 'code', many((i) => `A-${i}`), 'identifier'],
    ['uuids', 'ref', many(uuid), 'identifier'],
    ['sentences', 'review', many((i) => `number ${i} was very good indeed`), 'text'],
    ['few words', 'colour', many((i) => ['red', 'green'][i % 2]!), 'categorical'],
    ['names that repeat', 'paid', many((i) => `name ${i % 20}`), 'categorical'],
    ['one value', 'k', many(() => 'x'), 'constant'],
    ['booleans', 'ok', many((i) => String(i % 3 === 0)), 'boolean'],
    ['dates', 'when', many((i) => `2020-01-${(i % 28) + 1}`), 'datetime'],
  ])('%s', async (_, name, values, role) => {
    const column = await profileOf(
      `${name},other`,
      values.map((value, i) => `${value},${i % 3}`),
    );
    expect(column[name]?.role).toBe(role);
  });

  test('a few unique words are not enough to call them identifiers', async () => {
    const { w } = await profileOf('w,x', ['a,1', 'b,2', 'c,3']);
    expect(w?.role).toBe('categorical');
  });
});
