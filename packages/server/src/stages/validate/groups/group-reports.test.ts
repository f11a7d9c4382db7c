import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { Table } from '../../ingest/index.ts';
import type { Judged } from '../resampling/index.ts';
import { groupColumns, groupReports } from './index.ts';

/** Two groups of 300 rows and one of 12; b is selected half as often as a, though the outcome is the same in both. */
const ROWS = 612;
const codes = Int32Array.from({ length: ROWS }, (_, row) => (row >= 600 ? 2 : row % 2));
const target = Float64Array.from({ length: ROWS }, (_, row) => (row % 4 < 2 ? 1 : 0));
const values = Float64Array.from({ length: ROWS }, (_, row) =>
  codes[row] === 0 ? (row % 4 === 0 ? 0.9 : 0.1) : row % 8 === 1 ? 0.9 : 0.1,
);
const judged: Judged = { target, predictions: { rows: ROWS, outputs: 1, values }, threshold: 0.5 };
const table: Table = {
  rows: ROWS,
  columns: [
    { name: 'sex', type: 'string', codes, dictionary: ['a', 'b', 'c'] },
    { name: 'age', type: 'number', values: Float64Array.from({ length: ROWS }, (_, row) => 20 + (row % 60)) },
    { name: 'children', type: 'number', values: Float64Array.from({ length: ROWS }, (_, row) => row % 3) },
  ],
};
const [sex, age, children] = groupReports(
  'binary',
  judged,
  table,
  groupColumns(table, ['sex', 'age', 'children']),
);

describe('the groups of a binary model', () => {
  test('have selection rate, true and false positive rate and calibration with intervals', () => {
    const [a, b] = sex!.groups;
    expect(a).toMatchObject({ value: 'a', rows: 300, compared: true });
    expect(a!.metrics).toMatchObject({
      'selection-rate': 0.5,
      'true-positive-rate': 1,
      'false-positive-rate': 0,
    });
    expect(a!.metrics.accuracy).toBe(1);
    expect(b!.metrics['selection-rate']).toBe(0.25);
    expect(b!.metrics['true-positive-rate']).toBe(0.5);
    expect(b!.metrics.calibration).toBeCloseTo(0.3 - 0.5, 12);
    for (const { low, value, high } of Object.values(a!.intervals)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  test('are compared by the widest gap, as difference and as ratio', () => {
    expect(sex!.gaps['selection-rate-difference']).toMatchObject({ value: 0.25, between: ['b', 'a'] });
    expect(sex!.gaps['selection-rate-ratio']).toMatchObject({ value: 0.5, between: ['b', 'a'] });
    expect(sex!.gaps['true-positive-rate-ratio']!.high).toBeLessThan(0.65);
    expect(sex!.gaps['calibration-difference']!.value).toBeCloseTo(0.2, 12);
    expect(sex!.gaps['false-positive-rate-ratio']).toBeUndefined();
  });

  test('of few rows are shown, not compared, and said to be too small', () => {
    expect(sex!.groups[2]).toMatchObject({ value: 'c', rows: 12, compared: false });
    expect(sex!.says).toContain('Too few rows to compare, fewer than 30: c (12).');
    for (const { between } of Object.values(sex!.gaps)) expect(between).not.toContain('c');
  });

  test('of all columns together count as comparisons, which widens the intervals of gaps', () => {
    expect(sex!.comparisons).toBe(1 + 6 + 3);
    const [alone] = groupReports('binary', judged, table, groupColumns(table, ['sex']));
    const width = (report: typeof sex) => {
      const { low, high } = report!.gaps['selection-rate-difference']!;
      return high - low;
    };
    expect(alone!.comparisons).toBe(1);
    expect(width(sex)).toBeGreaterThan(1.3 * width(alone));
  });
});

test('numbers are cut at the quartiles of the training rows, and codes are not', () => {
  expect(age!.groups.map(({ value }) => value)).toEqual([
    'below 34',
    '34 to below 49',
    '49 to below 64',
    '64 and above',
  ]);
  expect(age!.says).toMatch(/quartiles of the training rows/);
  expect(children!.groups.map(({ value }) => value)).toEqual(['0', '1', '2']);
});

test('missing values are a group, and so are rows outside the range of the training rows', () => {
  const other: Table = {
    rows: 3,
    columns: [{ name: 'age', type: 'number', values: Float64Array.from([Number.NaN, -5, 1000]) }],
  };
  const few = {
    ...judged,
    target: target.slice(0, 3),
    predictions: { rows: 3, outputs: 1, values: values.slice(0, 3) },
  };
  const [found] = groupReports('binary', few, other, groupColumns(table, ['age']));
  expect(found!.groups.map(({ value, rows }) => [value, rows])).toEqual([
    ['below 34', 1],
    ['64 and above', 1],
    ['(missing)', 1],
  ]);
});

test('of many categories the largest are shown and the rest is one group', () => {
  const random = seededRandom(1);
  const many = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 40));
  const dictionary = Array.from({ length: 40 }, (_, i) => `town ${i}`);
  const towns: Table = { rows: ROWS, columns: [{ name: 'town', type: 'string', codes: many, dictionary }] };
  const [found] = groupReports('binary', judged, towns, groupColumns(towns, ['town']));
  expect(found!.groups).toHaveLength(20);
  expect(found!.groups.at(-1)!.value).toBe('(21 others)');
  expect(found!.groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
});

test('numbers are compared by mean error and by mean absolute error', () => {
  const truth = Float64Array.from({ length: ROWS }, (_, row) => row % 7);
  const shifted = truth.map((y, row) => y + (codes[row] === 1 ? 2 : row % 4 === 0 ? 1 : -1));
  const predictions = { rows: ROWS, outputs: 1, values: shifted };
  const [found] = groupReports('regression', { target: truth, predictions, threshold: 0.5 }, table, [
    { column: 'sex', cuts: null },
  ]);
  expect(found!.groups[1]!.intervals['mean-error']!.value).toBeCloseTo(2, 12);
  expect(found!.groups[0]!.intervals['mean-error']!.value).toBeCloseTo(0, 12);
  expect(found!.gaps['mean-error-difference']).toMatchObject({ between: ['a', 'b'] });
  expect(found!.gaps['mean-error-difference']!.low).toBeGreaterThan(1.5);
  expect(found!.gaps['mae-difference']!.value).toBeCloseTo(1, 12);
});

test('several classes are compared by accuracy and by the calibration of the answered class', () => {
  const classes = Float64Array.from({ length: ROWS }, (_, row) => row % 3);
  const stated = Float64Array.from({ length: ROWS * 3 }, (_, i) => {
    const row = Math.floor(i / 3);
    const answer = codes[row] === 0 ? 0 : classes[row];
    return i % 3 === answer ? 0.8 : 0.1;
  });
  const predictions = { rows: ROWS, outputs: 3, values: stated };
  const [found] = groupReports('multiclass', { target: classes, predictions, threshold: 0.5 }, table, [
    { column: 'sex', cuts: null },
  ]);
  expect(found!.gaps['accuracy-difference']).toMatchObject({ between: ['a', 'b'] });
  expect(found!.groups[1]!.metrics.accuracy).toBe(1);
  expect(found!.groups[1]!.intervals.calibration!.value).toBeCloseTo(-0.2, 12);
});

test('a dataset that lacks the column says so', () => {
  const [found] = groupReports('binary', judged, { rows: ROWS, columns: [] }, [
    { column: 'sex', cuts: null },
  ]);
  expect(found).toMatchObject({ groups: [], gaps: {}, says: 'This dataset has no column sex.' });
});
