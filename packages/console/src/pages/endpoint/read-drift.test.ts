import { expect, test } from 'vitest';
import { driftBins, driftState, leadingTest, scoresOf, unseenCount } from './read-drift.ts';

const column = {
  name: 'age',
  drifted: true,
  says: 'age drifted',
  level: 'critical',
  leading: 'psi',
  tests: [
    { test: 'ks', measure: 'KS', effect: 0.1, threshold: 0.2 },
    { test: 'psi', measure: 'PSI', effect: 0.4, threshold: 0.1 },
  ],
  comparison: { labels: ['0 to 40', '40 to 80'], reference: [0.5, 0.5], window: [0.2, 0.8] },
};

test('bins, the leading test and the level are read from a column', () => {
  expect(driftBins(column)).toEqual([
    { label: '0 to 40', reference: 0.5, current: 0.2 },
    { label: '40 to 80', reference: 0.5, current: 0.8 },
  ]);
  expect(leadingTest(column)?.measure).toBe('PSI');
  expect(driftState(column)).toBe('critical');
  expect(driftState({ ...column, drifted: false })).toBe('steady');
  expect(driftState({ ...column, drifted: false, notCompared: 'advances-with-time' })).toBe('not-compared');
  expect(driftState({ ...column, confirmation: 'pending' })).toBe('found-once');
  expect(driftState({ ...column, confirmation: 'strong' })).toBe('critical');
});

test('values that training never saw are counted together', () => {
  expect(unseenCount({ ...column, warnings: { 'missing-not-seen': 2, 'out-of-range': 3 } })).toBe(5);
  expect(unseenCount(column)).toBe(0);
});

test('a column that tells less is shown with less', () => {
  const bare = { name: 'age', drifted: true, says: '' };
  expect(driftBins(bare)).toEqual([]);
  expect(leadingTest(bare)).toBeUndefined();
  expect(driftState(bare)).toBe('drifted');
});

test('scores that are not of the form of columns are left out', () => {
  const report = {
    endpoint: 'churn',
    createdAt: '2026-01-01T00:00:00Z',
    window: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', rows: 1 },
    drifted: false,
    says: '',
    columns: [],
    performance: {},
    scores: [column, 'something else'],
  };
  expect(scoresOf(report)).toEqual([column]);
});
