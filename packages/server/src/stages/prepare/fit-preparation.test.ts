import { isFailure } from '@slipway/contract';
import { expect, test } from 'vitest';
import { type Cell, schemaOf, tableOf } from '../../testing/tables.ts';
import type { ColumnRole } from '../ingest/index.ts';
import { describePreparation, fitPreparation, type Task } from './index.ts';

const ROWS = 200;
const range = <T extends Cell>(make: (i: number) => T): T[] =>
  Array.from({ length: ROWS }, (_, i) => make(i));
/** Numbers that look random and are the same every time. */
const noise = (i: number, seed = 1) => Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1;

type Given = {
  roles?: Record<string, ColumnRole>;
  task?: Task;
  exclude?: string[];
  group?: string;
  weight?: string;
  trainRows?: Int32Array;
};

function fit(columns: Record<string, Cell[]>, given: Given = {}) {
  const table = tableOf({ y: range((i) => noise(i) < 0.4), ...columns });
  const trainRows = given.trainRows ?? Int32Array.from({ length: ROWS }, (_, i) => i);
  const { roles, task = 'binary', exclude, group, weight } = given;
  return fitPreparation(table, schemaOf(table, roles), {
    target: 'y',
    task,
    trainRows,
    ...(exclude && { exclude }),
    ...(group && { group }),
    ...(weight && { weight }),
  });
}

const usable = { x: range((i) => noise(i, 2)) };

test.each<[string, Cell[], Given, string]>([
  ['identifiers', range((i) => i), { roles: { c: 'identifier' } }, 'identifier'],
  ['texts without a word in common', range((i) => `a${i} b${i}`), { roles: { c: 'text' } }, 'text'],
  ['one value', range(() => 5), {}, 'constant'],
  ['nothing', range(() => null), {}, 'all-missing'],
  ['a copy of an earlier column', usable.x, {}, 'duplicate'],
  ['what is asked to be left out', range((i) => noise(i, 3)), { exclude: ['c'] }, 'excluded'],
  ['groups', range((i) => i % 7), { group: 'c' }, 'excluded'],
  ['weights', range((i) => noise(i, 3)), { weight: 'c' }, 'excluded'],
  ['words of which none repeats', range((i) => `w${i}`), {}, 'identifier'],
  ['one moment', range(() => new Date(0)), {}, 'constant'],
])('columns of %s are left out, with the reason', (_, c, given, reason) => {
  const preparation = fit({ ...usable, c }, given);
  expect(preparation.dropped).toMatchObject([{ name: 'c', reason }]);
  expect(preparation.dropped[0]?.says).toMatch(/\bc\b/);
  // Nobody asked that a group or a weight be left out.
  expect(preparation.dropped[0]?.says.includes('as asked')).toBe(given.exclude !== undefined);
  expect(preparation.inputs.map(({ name }) => name)).toEqual(['x']);
  // A row may hold them all the same, and the target.
  expect(preparation.others?.map(({ name }) => name)).toEqual(['y', 'c']);
});

test('how text is read, and which words are missing, is learnt from the dataset', () => {
  const table = tableOf({ y: range((i) => noise(i) < 0.4), id: range((i) => i), ...usable });
  const schema = schemaOf(table, { id: 'identifier' });
  const reading = { as: 'number' as const, decimal: ',' as const, thousands: '.' as const };
  const columns = schema.columns.map((column) => ({ ...column, reading }));
  const trainRows = Int32Array.from({ length: ROWS }, (_, i) => i);
  const options = { target: 'y', task: 'binary' as const, trainRows };
  const preparation = fitPreparation(table, { columns, missingWords: ['k.A.'] }, options);
  expect(preparation.inputs).toEqual([{ name: 'x', type: 'number', nullable: true, reading }]);
  expect(preparation.others).toEqual([
    { name: 'y', type: 'boolean', reading },
    { name: 'id', type: 'number', reading },
  ]);
  expect(preparation.missingWords).toEqual(['k.A.']);
});

test('a text becomes its number of words and topics, of which training rows alone know the words', () => {
  const trainRows = Int32Array.from({ length: ROWS / 2 }, (_, i) => i);
  const kinds = ['red green', 'green blue', 'blue red'];
  const c = range((i) => (i < ROWS / 2 ? `Some ${kinds[i % 3]}, ${i}.` : 'later words'));
  const { features, inputs, dropped } = fit({ ...usable, c }, { trainRows, roles: { c: 'text' } });
  expect(dropped).toEqual([]);
  expect(inputs.map(({ name }) => name)).toEqual(['x', 'c']);
  const texts = features.filter((spec) => spec.kind === 'text');
  expect(texts.map(({ of }) => of)).toEqual(['words', ...texts.slice(1).map(() => 'topic')]);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts[0]?.vocabulary.words.toSorted()).toEqual(['blue', 'green', 'red', 'some']);
});

test('columns that are equal in the training rows alone are both kept', () => {
  const trainRows = Int32Array.from({ length: ROWS / 2 }, (_, i) => i);
  const c = range((i) => (i < ROWS - 1 ? usable.x[i]! : 7));
  expect(fit({ ...usable, c }, { trainRows }).inputs.map(({ name }) => name)).toEqual(['x', 'c']);
});

test.each<[string, Cell[], (y: number | boolean, i: number) => Cell]>([
  ['numbers', range((i) => i / 7), (y) => Number(y) * 60 + 32],
  ['classes', range((i) => noise(i) < 0.4), (y) => (y ? 'yes' : 'no')],
])('a copy of %s in all training rows is no copy when a row of the hold-out differs', (_, y, copy) => {
  const trainRows = Int32Array.from({ length: ROWS - 1 }, (_, i) => i);
  const task = typeof y[0] === 'number' ? 'regression' : 'binary';
  const told = (c: Cell[]) => fit({ y, ...usable, c }, { trainRows, task });
  const exact = y.map((value, i) => copy(value as number, i));
  expect(told(exact).dropped).toMatchObject([{ name: 'c', reason: 'leakage' }]);
  const broken = [...exact.slice(0, -1), copy(typeof y[0] === 'number' ? -1 : !y.at(-1), 0)];
  const { dropped, leakage } = told(broken);
  expect(dropped).toEqual([]);
  expect(leakage.map(({ column }) => column)).toEqual(['c']);
});

test.each([
  ['tiny', 1e-11, 0],
  ['far from zero', 1, 1.7e9],
  ['huge', 1e15, 0],
])('copies of a %s target are told by what the target spreads', (_, size, base) => {
  const y = range((i) => base + size * noise(i, 4));
  const told = (c: Cell[]) => fit({ y, ...usable, c }, { task: 'regression' });
  expect(told(y.map((value) => 3 * value + 5 * size)).dropped).toMatchObject([
    { name: 'c', reason: 'leakage' },
  ]);
  expect(told(y.map((value, i) => value + 1e-3 * size * noise(i, 5))).dropped).toEqual([]);
  const half = range((i) => base / 2 + size * noise(i, 6));
  const nearRest = y.map((value, i) => value - half[i]! + 1e-3 * size * noise(i, 7));
  const rest = y.map((value, i) => value - half[i]!);
  const columnsOf = (c: Cell[]) =>
    fit({ y, half, c }, { task: 'regression' }).leakage.map(({ column }) => column);
  expect(columnsOf(rest)).toEqual(['half', 'c']);
  expect(columnsOf(nearRest)).toEqual([]);
});

test('numbers that float32 would merge are centred, and the steps say so', () => {
  const { features, ...rest } = fit({ ...usable, at: range((i) => 1.7e12 + i) });
  expect(features).toEqual([
    { kind: 'number', name: 'x', column: 'x' },
    { kind: 'number', name: 'at', column: 'at', center: 1.7e12 + ROWS / 2 },
  ]);
  expect(describePreparation({ features, ...rest }).join()).toContain(`at - ${1.7e12 + ROWS / 2}`);
});

test('days since 1970 of moments of one hour are centred', () => {
  const { features } = fit({ ...usable, at: range((i) => new Date(1.7e12 + 1000 * i)) });
  const days = features.find(({ name }) => name === 'at elapsedDays');
  expect(days).toMatchObject({ kind: 'date-part', center: expect.closeTo(1.7e12 / 86_400_000, 2) });
});

test('only training rows are learnt from', () => {
  const trainRows = Int32Array.from({ length: ROWS / 2 }, (_, i) => i);
  const kinds = range((i) => (i < ROWS / 2 ? ['p', 'q', 'p'][i % 3]! : 'later'));
  const { features, dropped } = fit(
    { ...usable, kinds, flat: range((i) => (i < ROWS / 2 ? 1 : i)) },
    { trainRows },
  );
  expect(features).toContainEqual({ kind: 'category', name: 'kinds', column: 'kinds', levels: ['p', 'q'] });
  expect(dropped).toMatchObject([{ name: 'flat', reason: 'constant' }]);
});

test('levels are ordered by frequency, ties by code point, and words seen once share the last code', () => {
  const words = range((i) =>
    i === 0 ? 'once' : i % 4 === 0 ? 'rare' : i % 4 === 1 ? 'b' : i % 4 === 2 ? 'a' : 'b',
  );
  expect(fit({ words }).features).toMatchObject([{ levels: ['b', 'a', 'rare'] }]);
});

test('at most 254 levels are kept', () => {
  const rows = 3000;
  const table = tableOf({
    y: Array.from({ length: rows }, (_, i) => i % 3),
    w: Array.from({ length: rows }, (_, i) => `w${i % 1000}`),
  });
  const trainRows = Int32Array.from({ length: rows }, (_, i) => i);
  const { features } = fitPreparation(table, schemaOf(table), { target: 'y', task: 'multiclass', trainRows });
  expect(features[0]?.kind === 'category' && features[0].levels.length).toBe(254);
});

test('of dates the parts that vary are taken', () => {
  const parts = (make: (i: number) => Date) =>
    fit({ t: range(make) }).features.map((spec) => spec.kind === 'date-part' && spec.part);
  expect(parts((i) => new Date(Date.UTC(2000, i % 24, 1)))).toEqual([
    'year',
    'month',
    'weekday',
    'elapsedDays',
  ]);
  expect(parts((i) => new Date(Date.UTC(2000, 0, 3, i % 24)))).toEqual(['hour', 'elapsedDays']);
});

test('booleans are numbers, and a column that is only ever present or not is kept', () => {
  const { features } = fit({
    b: range((i) => i % 3 === 0),
    here: range((i) => (noise(i, 4) < 0.5 ? 1 : null)),
  });
  expect(features.map(({ kind }) => kind)).toEqual(['number', 'number']);
});

test('nothing usable is refused with the reasons', () => {
  try {
    fit({ id: range((i) => i) }, { roles: { id: 'identifier' } });
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'columns.none-usable') && error.details.reasons).toContain('id names rows');
  }
});

test('the classes in other words are left out; what nearly is the target is kept and reported', () => {
  const y = range((i) => noise(i) < 0.4);
  const preparation = fit({
    ...usable,
    words: y.map((label) => (label ? 'alive' : 'dead')),
    nearly: y.map((label, i) => (label ? 1 : 0) + noise(i, 5) / 10),
  });
  expect(preparation.dropped).toMatchObject([{ name: 'words', reason: 'leakage' }]);
  expect(preparation.inputs.map(({ name }) => name)).toEqual(['x', 'nearly']);
  expect(preparation.leakage).toMatchObject([{ column: 'nearly', metric: 'roc-auc' }]);
  expect(preparation.leakage[0]?.evidence).toBeUndefined();
});

test('a column that is missing exactly where the target is false is reported', () => {
  const y = range((i) => noise(i) < 0.4);
  const preparation = fit({ ...usable, late: y.map((label, i) => (label ? noise(i, 6) : null)) });
  expect(preparation.leakage.map(({ column }) => column)).toEqual(['late']);
});

test('a number in another unit is left out, and summands of the target are reported', () => {
  const [a, b] = [range((i) => Math.floor(noise(i, 7) * 100)), range((i) => Math.floor(noise(i, 8) * 100))];
  const y = a.map((value, i) => value + b[i]!);
  const preparation = fit({ y, a, b, cents: y.map((value) => value * 100 + 3) }, { task: 'regression' });
  expect(preparation.dropped).toMatchObject([{ name: 'cents', reason: 'leakage' }]);
  expect(preparation.leakage).toMatchObject([
    { column: 'a', evidence: 'sum' },
    { column: 'b', evidence: 'sum' },
  ]);
});

test('many words that say nothing are not taken for a leak', () => {
  const { leakage } = fit({ words: range((i) => `w${i % 90}`), ...usable });
  expect(leakage).toEqual([]);
});

test('the preparation is told in words', () => {
  const preparation = fit(
    {
      ...usable,
      b: range((i) => i % 3 === 0),
      t: range((i) => new Date(i * 86_400_000)),
      id: range((i) => i),
      w: range((i) => ['p', null][i % 2]!),
    },
    { roles: { id: 'identifier' } },
  );
  expect(describePreparation(preparation)).toEqual([
    'Predict y: true against false.',
    'Leave out id: id names rows and says nothing about new ones.',
    'Take t apart, in UTC: month, day of the month, day of the year, weekday, days since 1970.',
    'Keep 1 values of w as categories; rare and unknown ones share one more.',
    'Take 1 number columns as they are.',
    'Take booleans as 0 and 1: b.',
    'Pass missing values on to the model as such, in: x, b, t, w.',
  ]);
});
