import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { Fold } from '../folds.ts';
import { outOfFoldMeans } from './out-of-fold-means.ts';
import type { MeanSource } from './target-means.ts';

const ROWS = 60;

function sourceOf(seed: number): MeanSource {
  const random = seededRandom(seed);
  return {
    keys: Int32Array.from({ length: ROWS }, () => Math.floor(random() * 5)),
    size: 5,
    target: Float64Array.from({ length: ROWS }, () => random()),
  };
}

/** The last third is judged by. */
const fold: Fold = {
  train: Int32Array.from({ length: 40 }, (_, row) => row),
  validation: Int32Array.from({ length: 20 }, (_, row) => 40 + row),
};

/** The same with the target of one row changed by as much as it may tell. */
function changedAt(source: MeanSource, row: number): MeanSource {
  const target = Float64Array.from(source.target);
  target[row]! += 1e-3;
  return { ...source, target };
}

test('no row that is judged by is looked at', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 40, max: ROWS - 1 }), fc.boolean(), (seed, row, forward) => {
      const source = sourceOf(seed);
      const options = { seed, forward };
      const before = outOfFoldMeans(source, fold, options);
      expect(outOfFoldMeans(changedAt(source, row), fold, options)).toEqual(before);
    }),
  );
});

function tellsNothingOfItself(sparse: boolean, groups?: Int32Array) {
  return fc.property(fc.nat(), fc.integer({ min: 0, max: 39 }), (seed, row) => {
    // Of one key the strength of shrinkage, a number for all rows, tells nothing.
    const source = sparse ? { ...sourceOf(seed), keys: new Int32Array(ROWS), size: 1 } : sourceOf(seed);
    const options = { seed, forward: false, groups, sparse };
    const [before, after] = [source, changedAt(source, row)].map((one) => outOfFoldMeans(one, fold, options));
    const own = groups === undefined ? [row] : [...groups.keys()].filter((r) => groups[r] === groups[row]);
    for (const one of own.filter((r) => r < 40)) expect(after![one]).toEqual(before![one]);
    expect([...after!].some((value, r) => r >= 40 && value !== before![r])).toBe(true);
  });
}

describe.each([false, true])('where most keys have few rows: %s,', (sparse) => {
  test('no row to learn from knows its own target', () => {
    fc.assert(tellsNothingOfItself(sparse));
  });

  test('rows of one group are told nothing of one another', () => {
    const groups = Int32Array.from({ length: ROWS }, (_, row) => row % 7);
    fc.assert(tellsNothingOfItself(sparse, groups));
  });
});

test('in time order a row to learn from is told what came before it alone', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 39 }), (seed, row) => {
      const source = { ...sourceOf(seed), keys: new Int32Array(ROWS), size: 1 };
      const options = { seed, forward: true };
      const [before, after] = [source, changedAt(source, row)].map((one) =>
        outOfFoldMeans(one, fold, options),
      );
      expect(after!.subarray(0, row + 1)).toEqual(before!.subarray(0, row + 1));
    }),
  );
});

test('the first row in time order knows nothing, the second the first', () => {
  const source = {
    keys: new Int32Array(ROWS),
    size: 1,
    target: Float64Array.from({ length: ROWS }, (_, i) => i),
  };
  const means = outOfFoldMeans(source, fold, { seed: 1, forward: true });
  expect(means[0]).toBeNaN();
  expect(means[1]).toBe(0);
  expect(means[2]).toBeCloseTo(0.5, 6);
  expect(means[59]).toBeCloseTo(19.5, 6);
});

test('a value of many rows is told nearly as it is, one of few is drawn towards the mean of all', () => {
  const keys = Int32Array.from({ length: ROWS }, (_, row) =>
    row === 39 || row === 45 ? 1 : row % 2 === 0 ? 0 : 2,
  );
  const noise = seededRandom(3);
  const target = Float64Array.from(keys, (key) => [0, 20, 10][key]! + noise() * 4);
  const means = outOfFoldMeans({ keys, size: 3, target }, fold, { seed: 1, forward: false });
  expect(means[44]).toBeCloseTo(2, 0);
  expect(means[45]).toBeGreaterThan(10);
  expect(means[45]).toBeLessThan(21);
});
