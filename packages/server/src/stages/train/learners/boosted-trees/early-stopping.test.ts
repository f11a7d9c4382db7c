import { expect, test } from 'vitest';
import { earlyStopping } from './early-stopping.ts';

function roundsUntilStop(patience: number, lossAt: (round: number) => number): number {
  const stopping = earlyStopping(patience);
  for (let round = 1; round <= 10_000; round++) if (stopping.observe(round, lossAt(round)).stop) return round;
  return Number.POSITIVE_INFINITY;
}

test('boosting goes on for the patience and a fifth of the best round', () => {
  expect(roundsUntilStop(20, (round) => (round <= 100 ? 1 / round : 1))).toBe(100 + 20 + 20 + 1);
});

test('improvements too small to notice do not keep it going', () => {
  expect(roundsUntilStop(20, (round) => 1 - round * 1e-7)).toBeLessThan(30);
  expect(roundsUntilStop(20, (round) => 2 ** -round)).toBeLessThan(60);
});

test('every new lowest loss is an improvement, however small', () => {
  const stopping = earlyStopping(5);
  stopping.observe(1, 1);
  expect(stopping.observe(2, 1 - 1e-12).improved).toBe(true);
  expect(stopping.observe(3, 1).improved).toBe(false);
});
