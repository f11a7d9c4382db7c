import { expect, test } from 'vitest';
import { readOptimization } from './read-optimization.ts';

test('variants, the one taken and what it cost are read from the record', () => {
  const variants = [
    { variant: 'as trained', bytes: 900, latency: { oneRowMicroseconds: 2 } },
    { variant: 'fewer rounds', bytes: 300, latency: { oneRowMicroseconds: 1 } },
  ];
  expect(
    readOptimization({
      says: 'Kept 20 of 60 trees.',
      chosen: 'fewer rounds',
      table: variants,
      holdout: { metric: 'roc-auc', before: 0.84, after: 0.839 },
    }),
  ).toEqual({
    variants,
    chosen: 'fewer rounds',
    effects: [{ name: 'holdout roc-auc', before: 0.84, after: 0.839 }],
    rest: { says: 'Kept 20 of 60 trees.' },
  });
});

test('a record of another form is left for the reader as it is', () => {
  const record = { skipped: true, table: 'none' };
  expect(readOptimization(record)).toEqual({
    variants: [],
    chosen: undefined,
    effects: [],
    rest: { skipped: true },
  });
});
