import { expect, test } from 'vitest';
import { binsOf, type ColumnProfile, profileSentence } from './profile.ts';

const base = { rows: 10, missing: 1, distinct: 2, distinctApproximate: false, notes: [] };

const age: ColumnProfile = {
  ...base,
  name: 'age',
  type: 'number',
  role: 'numeric',
  numeric: {
    min: 0,
    max: 80,
    mean: 40,
    standardDeviation: 12,
    quantiles: [1, 5, 20, 41, 60, 70, 79],
    histogram: { edges: [0, 40, 80], counts: [3, 6] },
  },
};

test('the bins of a number column are its histogram, of a text column its top values', () => {
  expect(binsOf(age)).toEqual([
    { label: '0 to 40', count: 3 },
    { label: '40 to 80', count: 6 },
  ]);
  const plan: ColumnProfile = {
    ...base,
    name: 'plan',
    type: 'string',
    role: 'categorical',
    top: [{ value: 'basic', count: 9 }],
  };
  expect(binsOf(plan)).toEqual([{ label: 'basic', count: 9 }]);
  expect(profileSentence(plan)).toBe('plan: most often basic (9), 10.0 % missing');
});

test('the sentence of a number column names its range and its median', () => {
  expect(profileSentence(age)).toBe('age: 0 to 80, median 41, 10.0 % missing');
});

test('a column of which nothing is known has no bins', () => {
  expect(binsOf({ ...base, name: 'x', type: 'string', role: 'text' })).toEqual([]);
});
