import { expect, test } from 'vitest';
import { readDecision, readReport } from './read-report.ts';

const dataset = {
  name: 'hold-out',
  rows: 10,
  metrics: { rocAuc: 0.8 },
  primary: { metric: 'rocAuc', value: 0.8, low: 0.7, high: 0.9 },
  baseline: { says: 'the mean', metrics: { rocAuc: 0.5 } },
  champion: null,
  classification: null,
  residuals: null,
  slices: [],
  slicesExamined: 0,
};

test('a report of validation gives its datasets', () => {
  expect(readReport({ datasets: [dataset] })).toEqual([dataset]);
});

test('a report of another form gives none rather than a broken page', () => {
  expect(readReport(null)).toEqual([]);
  expect(readReport({ datasets: 'none' })).toEqual([]);
  expect(readReport({ datasets: [{ ...dataset, baseline: null }] })).toEqual([]);
  expect(readReport({ datasets: [{ ...dataset, classification: { roc: [] } }] })).toEqual([]);
});

test('a report with groups is read, and one whose groups are of another form gives none', () => {
  const groups = [{ column: 'sex', says: '', groups: [], gaps: {}, comparisons: 0 }];
  expect(readReport({ datasets: [{ ...dataset, groups }] })).toHaveLength(1);
  expect(readReport({ datasets: [{ ...dataset, groups: [{ column: 'sex' }] }] })).toEqual([]);
});

test('the reason of a threshold is told with it, where the report has one', () => {
  expect(readDecision({ decision: { threshold: 0.123456, says: 'Costs.' } })).toBe(
    'Answers the positive class from a probability of 0.1235 on. Costs.',
  );
  const byCosts = { threshold: 0.5, says: 'By costs.', costMatrix: [[0]] };
  expect(readDecision({ decision: byCosts })).toBe('By costs.');
  expect(readDecision({ threshold: 0.5 })).toBeUndefined();
});
