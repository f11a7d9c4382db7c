import { expect, it } from 'vitest';
import { isoTime } from '../../kernel/index.ts';
import type { ReferenceProfile } from '../pack/index.ts';
import type { RawRow } from '../serve/index.ts';
import { mergeWindows } from './merge-windows.ts';
import type { CategoryWindow, NumberWindow } from './model.ts';
import type { MonitoredModel } from './ports.ts';
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

function profileOf(rows: RawRow[], columns?: MonitoredModel['columns']) {
  const profiler = windowProfiler(REFERENCE, columns);
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

it('reads what callers sent as the model did: words that are missing, and times in the form of the dataset', () => {
  const columns: MonitoredModel['columns'] = {
    inputs: [
      { name: 'age', type: 'number', nullable: true },
      { name: 'city', type: 'string', nullable: true },
      {
        name: 'since',
        type: 'timestamp',
        nullable: true,
        reading: { as: 'timestamp', formats: ['%d/%m/%Y'], order: 'dmy', timeZone: 'UTC' },
      },
    ],
    missingWords: ['NA', 'Pune'],
  };
  const rows = [
    { age: 'NA', city: ' NA', since: '02/01/1970' },
    { age: 5, city: 'Pune', since: 'NA' },
  ];
  const [age, city, since] = profileOf(rows, columns).columns;
  expect(age).toMatchObject({ counts: [1, 0], missing: 1 });
  // A value that training knows is one, whatever words are missing.
  expect(city).toMatchObject({ other: 1, unseen: 0, missing: 1 });
  expect(since).toMatchObject({ counts: [0, 1], missing: 1 });
});

it('counts the warnings of the log by column and code, and of several windows together', () => {
  const profiler = windowProfiler(REFERENCE);
  const warning = (column: string, code: 'missing-not-seen' | 'unseen-category') => ({
    column,
    code,
    message: '',
  });
  const add = (warnings?: ReturnType<typeof warning>[]) =>
    profiler.add({
      id: 'p',
      ts: isoTime(1),
      version: 1,
      row: {},
      value: 'Yes',
      score: 0.5,
      ...(warnings && { warnings }),
    });
  add([warning('city', 'unseen-category'), warning('age', 'missing-not-seen')]);
  add([
    warning('city', 'unseen-category'),
    warning('city', 'missing-not-seen'),
    warning('no', 'unseen-category'),
  ]);
  add();
  const window = profiler.profile();
  const counts = (of: typeof window) => of.columns.map(({ warnings }) => warnings);
  const expected = [{ 'missing-not-seen': 1 }, { 'unseen-category': 2, 'missing-not-seen': 1 }, undefined];
  expect(counts(window)).toEqual(expected);
  const empty = windowProfiler(REFERENCE).profile();
  expect(counts(mergeWindows(window, empty))).toEqual(expected);
  expect(counts(mergeWindows(window, window))[1]).toEqual({ 'unseen-category': 4, 'missing-not-seen': 2 });
});
