import { describe, expect, test } from 'vitest';
import { isPrunedAgainst } from './learning-curve-pruner.ts';

/** Falls from 1 towards `to`, as fast as the learning rate. */
function curve(to: number, rate: number, rounds: number): number[] {
  return Array.from({ length: rounds }, (_, round) => to + (1 - to) * Math.exp(-rate * round));
}

/** Rounds after which a curve is given up; Infinity when it never is. */
function givenUpAfter(own: number[], rate: number): number {
  const isHopeless = isPrunedAgainst({ curve: curve(0.4, 0.1, 100), rate: 0.1 }, rate);
  const round = own.findIndex((_, i) => isHopeless(own.slice(0, i + 1)));
  return round < 0 ? Number.POSITIVE_INFINITY : round + 1;
}

describe('a learning curve', () => {
  test('that ends far above the best is given up before its end', () => {
    expect(givenUpAfter(curve(0.6, 0.1, 100), 0.1)).toBeLessThan(60);
  });

  test('that comes near the best is never given up', () => {
    expect(givenUpAfter(curve(0.42, 0.1, 100), 0.1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('of slower learning is compared where it has learned as much', () => {
    expect(givenUpAfter(curve(0.4, 0.02, 500), 0.02)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is not judged by its first rounds', () => {
    expect(givenUpAfter(curve(0.9, 0.1, 100), 0.1)).toBeGreaterThanOrEqual(30);
  });
});
