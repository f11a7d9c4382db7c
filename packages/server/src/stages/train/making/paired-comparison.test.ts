import { expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { pairedComparison } from './paired-comparison.ts';

test('a gain on every fold pays, one that is as large on average but comes from one fold does not', () => {
  const without = [0.4, 0.5, 0.45, 0.42, 0.47];
  expect(
    pairedComparison(
      without,
      without.map((loss) => loss - 0.01),
    ).pays,
  ).toBe(true);
  expect(pairedComparison(without, [0.35, ...without.slice(1)]).pays).toBe(false);
});

test('a gain too small to be worth its time does not pay, however sure it is', () => {
  const without = [0.4, 0.5, 0.45];
  expect(
    pairedComparison(
      without,
      without.map((loss) => loss - 0.0001),
    ).pays,
  ).toBe(false);
});

test('a single part says nothing', () => {
  expect(pairedComparison([0.4], [0.2]).pays).toBe(false);
});

test('what means nothing seems to pay rarely', () => {
  const random = seededRandom(5);
  const trials = Array.from({ length: 2000 }, () => {
    const without = Array.from({ length: 5 }, () => 1 + random());
    return pairedComparison(
      without,
      without.map((loss) => loss + (random() - 0.5) * 0.2),
    ).pays;
  });
  expect(trials.filter(Boolean).length / trials.length).toBeLessThan(0.08);
});

test('the figures are those of the parts', () => {
  expect(pairedComparison([3, 5], [2, 2])).toMatchObject({ before: 4, after: 2, gain: 2, standardError: 1 });
});
