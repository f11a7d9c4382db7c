import { describe, expect, test } from 'vitest';
import { splitHoldout } from '../../stages/prepare/index.ts';
import { type Cell, tableOf } from '../../testing/tables.ts';
import { type SampleOptions, sampleSplit } from './sample-split.ts';

const ROWS = 700_000;

/** One in a thousand rows is of the rare class. */
function table(rareEvery = 1_000) {
  const y: Cell[] = Array.from({ length: ROWS }, (_, i) =>
    i % rareEvery === 0 ? 'rare' : i % 3 === 0 ? 'b' : 'a',
  );
  return tableOf({ y, x: Array.from({ length: ROWS }, (_, i) => i) });
}

const OPTIONS: SampleOptions = {
  target: 'y',
  byClass: true,
  columns: 9,
  budgetSeconds: 2.4,
  mostTrainRows: Number.POSITIVE_INFINITY,
  seed: 1,
};

const whole = table();
const split = splitHoldout(whole, { target: 'y', task: 'multiclass', seed: 1 });
const shareOf = (rows: Int32Array, name: string) => {
  const [target] = whole.columns;
  if (target?.type !== 'string') throw new Error('the target is text');
  return rows.filter((row) => target.dictionary[target.codes[row]!] === name).length / rows.length;
};

describe('a split that is larger than the budget has time for', () => {
  const { split: sample, says, of } = sampleSplit(whole, split, OPTIONS);

  test('is sampled on each side, in the order of the rows, and no row changes sides', () => {
    expect(sample.train.length).toBeLessThan(split.train.length);
    expect(sample.holdout.length).toBeLessThan(split.holdout.length);
    for (const side of ['train', 'holdout'] as const) {
      const members = new Set(split[side]);
      expect(sample[side].every((row) => members.has(row))).toBe(true);
      expect(new Set(sample[side]).size).toBe(sample[side].length);
      expect(sample[side]).toEqual(sample[side].toSorted());
    }
  });

  test('keeps the share of every class', () => {
    for (const name of ['a', 'b', 'rare']) {
      expect(shareOf(sample.train, name)).toBeCloseTo(shareOf(split.train, name), 4);
      expect(shareOf(sample.holdout, name)).toBeCloseTo(shareOf(split.holdout, name), 4);
    }
  });

  test('keeps a hundred rows of the rarest class, where that takes no more than three times the rows', () => {
    const rare = sample.train.length * shareOf(sample.train, 'rare');
    expect(Math.round(rare)).toBe(100);
    const rarer = table(20_000);
    const divided = splitHoldout(rarer, { target: 'y', task: 'multiclass', seed: 1 });
    const sampled = sampleSplit(rarer, divided, OPTIONS).split.train.length;
    expect(sampled).toBeLessThanOrEqual(3 * (600_000 / 9) + 3);
  });

  test('says what was left out and why', () => {
    expect(of).toEqual({ train: split.train.length, holdout: split.holdout.length });
    expect(says).toContain(`sample of ${sample.train.length.toLocaleString('en')} of 560,000 rows`);
    expect(says).toContain('a budget of 2.4 s');
    expect(says).toContain('measured on a random sample of 100,000 of 140,000 held-out rows');
    expect(sample.says).toBe(`${split.says} ${says}`);
  });

  test('is the same for the same seed, and another for another', () => {
    expect(sampleSplit(whole, split, OPTIONS).split).toEqual(sample);
    expect(sampleSplit(whole, split, { ...OPTIONS, seed: 2 }).split.train).not.toEqual(sample.train);
  });
});

test('a split that the budget has time for stays as it is', () => {
  const small = { ...split, holdout: split.holdout.slice(0, 90_000) };
  const { split: kept, says, of } = sampleSplit(whole, small, { ...OPTIONS, budgetSeconds: 60 });
  expect(kept).toBe(small);
  expect({ says, of }).toEqual({ says: '', of: null });
});

test('rows that there is no memory for are left out whatever the budget, and the setting is named', () => {
  const { split: sample, says } = sampleSplit(whole, split, {
    ...OPTIONS,
    budgetSeconds: Number.POSITIVE_INFINITY,
    mostTrainRows: 40_000,
  });
  expect(sample.train.length).toBeLessThanOrEqual(40_003);
  expect(sample.holdout.length).toBeLessThanOrEqual(10_003);
  expect(says).toContain('work.trainingMemoryMegabytes');
});

test('numbers are sampled without regard to their values', () => {
  const rows = { ...OPTIONS, target: 'x', byClass: false };
  const { split: sample } = sampleSplit(whole, split, rows);
  expect(sample.train.length).toBe(Math.floor(600_000 / 9));
  expect(sample.holdout.length).toBe(100_000);
});
