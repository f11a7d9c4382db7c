import { describe, expect, test } from 'vitest';
import { sampleData } from '../../testing/sample-training.ts';
import { foldCount, forwardFolds, groupFolds, stratifiedFolds, wholeFold } from './folds.ts';

const share = (target: Float64Array, rows: Int32Array) =>
  rows.filter((row) => target[row] === 1).length / rows.length;

describe('stratified folds', () => {
  const target = Float64Array.from({ length: 1003 }, (_, row) => (row % 20 === 0 ? 1 : 0));
  const folds = stratifiedFolds(target, 5, 3);

  test('hold every row out exactly once and learn from all others', () => {
    const held = folds.flatMap((fold) => [...fold.validation]).toSorted((a, b) => a - b);
    expect(held).toEqual(Array.from({ length: 1003 }, (_, row) => row));
    for (const { train, validation } of folds) {
      expect(train.length + validation.length).toBe(1003);
      expect([...train].some((row) => validation.includes(row))).toBe(false);
    }
  });

  test('keep the share of a rare class in every fold', () => {
    for (const { validation } of folds) expect(share(target, validation)).toBeCloseTo(0.05, 1.9);
  });

  test('are drawn anew for another seed and the same for the same', () => {
    expect(stratifiedFolds(target, 5, 3)).toEqual(folds);
    expect(stratifiedFolds(target, 5, 4)).not.toEqual(folds);
  });
});

test('forward folds never learn from what comes after, and the latest comes first', () => {
  const folds = forwardFolds(103, 4);
  for (const { train, validation } of folds) expect(Math.max(...train)).toBeLessThan(Math.min(...validation));
  expect(Math.max(...folds[0]!.validation)).toBe(102);
  expect(folds.map((fold) => fold.train.length)).toEqual([82, 61, 41, 20]);
});

test('there are no more folds than rows of the rarest class', () => {
  const data = sampleData('binary', 600);
  expect(foldCount(data)).toBe(5);
  expect(foldCount({ ...data, target: data.target.map((_, row) => (row < 3 ? 1 : 0)) })).toBe(3);
});

test('the whole fold learns from every row and judges by none', () => {
  const { train, validation } = wholeFold(4);
  expect([...train]).toEqual([0, 1, 2, 3]);
  expect(validation).toHaveLength(0);
});

test('group folds part no group, hold every row out once, and keep the share of a class as well as groups allow', () => {
  const { target } = sampleData('binary', 900);
  const groups = Int32Array.from({ length: 900 }, (_, row) => Math.floor(Math.sqrt(row) * 3));
  const folds = groupFolds({ target, task: 'binary', classes: 2 }, groups, 5, 1);
  const held = folds.flatMap(({ validation }) => [...validation]).toSorted((a, b) => a - b);
  expect(held).toEqual(Array.from({ length: 900 }, (_, row) => row));
  for (const { train, validation } of folds) {
    const learned = new Set(Array.from(train, (row) => groups[row]));
    expect(validation.some((row) => learned.has(groups[row]))).toBe(false);
    expect(Math.abs(share(target, validation) - share(target, train))).toBeLessThan(0.05);
  }
});
