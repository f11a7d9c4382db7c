import { expect, test } from 'vitest';
import { readOptimization } from './read-optimization.ts';

test('two records, before and after, become one row for each number they share', () => {
  const { effects, rest } = readOptimization({
    before: { bytes: 900, metrics: { rocAuc: 0.84 }, learner: 'boosted-trees' },
    after: { bytes: 300, metrics: { rocAuc: 0.839 }, learner: 'boosted-trees' },
    says: 'Pruned 40 of 60 trees.',
  });
  expect(effects).toEqual([
    { name: 'bytes', before: 900, after: 300 },
    { name: 'metrics rocAuc', before: 0.84, after: 0.839 },
  ]);
  expect(rest).toEqual({ says: 'Pruned 40 of 60 trees.' });
});

test('keys that hold before and after each become a row', () => {
  const { effects, rest } = readOptimization({ bytes: { before: 2, after: 1 }, limit: 0.01 });
  expect(effects).toEqual([{ name: 'bytes', before: 2, after: 1 }]);
  expect(rest).toEqual({ limit: 0.01 });
});

test('a record of another shape is left for the reader as it is', () => {
  expect(readOptimization({ skipped: true })).toEqual({ effects: [], rest: { skipped: true } });
});
