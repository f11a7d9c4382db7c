import { expect, it } from 'vitest';
import { isoTime } from '../../kernel/index.ts';
import type { ReferenceProfile } from '../pack/index.ts';
import type { RawRow } from '../serve/index.ts';
import type { CategoryWindow, NumberWindow } from './model.ts';
import { binOf, windowProfiler } from './window-profile.ts';

const NUMBER = {
  edges: [0, 10, 20],
  counts: [5, 5],
  below: 0,
  above: 0,
  missing: 0,
  mean: 10,
  standardDeviation: 5,
};

const REFERENCE: ReferenceProfile = {
  format: 1,
  rows: 10,
  columns: [
    { name: 'age', type: 'number', ...NUMBER },
    {
      name: 'city',
      type: 'string',
      values: ['Oslo', 'Rome'],
      counts: [6, 3],
      other: 1,
      unseen: 0,
      missing: 0,
      known: ['Oslo', 'Rome', 'Pune'],
    },
    { name: 'since', type: 'timestamp', ...NUMBER, edges: [0, 86_400_000, 172_800_000] },
  ],
  score: { ...NUMBER, edges: [0, 0.5, 1], mean: 0.5, standardDeviation: 0.2 },
  classShares: { No: 0.5, Yes: 0.5 },
  importance: {},
};

function profileOf(rows: RawRow[]) {
  const profiler = windowProfiler(REFERENCE);
  rows.forEach((row, i) => {
    profiler.add({ id: `p_${i}`, ts: isoTime(1000 + i), version: 1, row, value: 'Yes', score: 0.75 });
  });
  return profiler.profile();
}

it('puts numbers into half-open bins, the last one closed, and the rest below, above or missing', () => {
  const values = [-1, 0, 9.9, 10, 20, 20.1, null, 15];
  const age = profileOf([...values.map((age) => ({ age })), {}]).columns[0] as NumberWindow;
  expect(age).toMatchObject({ counts: [2, 3], below: 1, above: 1, missing: 2 });
});

it('tells listed values, known ones, never seen ones and missing ones apart', () => {
  const cities = ['Oslo', 'Rome', 'Oslo', 'Pune', 'Lima', '__proto__', 'Lima', null];
  const city = profileOf(cities.map((city) => ({ city }))).columns[1] as CategoryWindow;
  expect(city).toMatchObject({ counts: [2, 1], other: 1, unseen: 3, missing: 1 });
  expect(Object.entries(city.unseenValues)).toEqual([
    ['Lima', 2],
    ['__proto__', 1],
  ]);
});

it('reads timestamps as ISO 8601 text or epoch milliseconds', () => {
  const since = profileOf([{ since: '1970-01-01T12:00:00Z' }, { since: 90_000_000 }, { since: 'rubbish' }]);
  expect(since.columns[2]).toMatchObject({ counts: [1, 1], missing: 1 });
});

it('names at most twenty of the never-seen values, whatever traffic brings', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ city: `rubbish ${i}` }));
  const city = profileOf(rows).columns[1] as CategoryWindow;
  expect(city.unseen).toBe(1000);
  expect(Object.keys(city.unseenValues)).toHaveLength(20);
});

it('keeps the span of time, the classes and the bins of the scores', () => {
  const profile = profileOf([{}, {}, {}]);
  expect(profile).toMatchObject({ rows: 3, from: isoTime(1000), to: isoTime(1002), classes: { Yes: 3 } });
  expect(profile.scoreBins.counts[150]).toBe(3);
});

it('finds bins as a linear search does', () => {
  const edges = Float64Array.from([-2, -1, 0, 0.5, 7]);
  for (const value of [-3, -2, -1.5, -1, 0, 0.4, 0.5, 6.9, 7, 8, Number.POSITIVE_INFINITY]) {
    const closed = value === 7 ? 3 : -2;
    const linear = value < -2 ? -1 : value > 7 ? 4 : [...edges].findLastIndex((edge) => value >= edge);
    expect([value, binOf(edges, value)]).toEqual([value, closed === -2 ? linear : closed]);
  }
});
