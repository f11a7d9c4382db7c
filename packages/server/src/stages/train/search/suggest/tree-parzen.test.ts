import { expect, test } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import type { SearchSpace } from '../../learners/search-space.ts';
import { type Observation, suggestParams } from './tree-parzen.ts';
import { fromUnit, toUnit } from './unit-space.ts';

const SPACE: SearchSpace = {
  rate: { kind: 'real', low: 0.001, high: 1, log: true },
  leaves: { kind: 'integer', low: 2, high: 200 },
  extra: { kind: 'choice', of: [false, true] },
};

/** Best at a rate of 0.1, 50 leaves, with extra. */
function loss({ rate, leaves, extra }: Observation['params']): number {
  return Math.abs(Math.log10(Number(rate)) + 1) + Math.abs(Number(leaves) - 50) / 100 + (extra ? 0 : 0.5);
}

function bestOf(
  trials: number,
  suggest: (known: Observation[], number: number) => Observation['params'],
): number {
  const known: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const params = suggest(known, number);
    known.push({ params, loss: loss(params) });
  }
  return Math.min(...known.map((one) => one.loss));
}

test('what was learned from trials finds better points than chance, over many seeds', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const guided = seeds.map((seed) =>
    bestOf(40, (known, number) => suggestParams(SPACE, known, seededRandom(1000 * seed + number))),
  );
  const blind = seeds.map((seed) =>
    bestOf(40, (_, number) => suggestParams(SPACE, [], seededRandom(1000 * seed + number))),
  );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(guided)).toBeLessThan(0.6 * mean(blind));
});

test('every suggestion lies in the space', () => {
  const known = [0.001, 0.01, 0.1, 0.5, 1, 1].map((rate, i) => {
    return { params: { rate, leaves: 2 + 30 * i, extra: i % 2 === 0 }, loss: i };
  });
  for (let seed = 0; seed < 200; seed++) {
    const { rate, leaves, extra } = suggestParams(SPACE, known, seededRandom(seed));
    expect(rate).toBeGreaterThanOrEqual(0.001);
    expect(rate).toBeLessThanOrEqual(1);
    expect(Number.isInteger(leaves)).toBe(true);
    expect(leaves).toBeGreaterThanOrEqual(2);
    expect(leaves).toBeLessThanOrEqual(200);
    expect(typeof extra).toBe('boolean');
  }
});

test('a place of a range comes back as its value', () => {
  const rate = SPACE.rate!;
  expect(fromUnit(rate, toUnit(rate, 0.05))).toBeCloseTo(0.05, 6);
  expect(toUnit(rate, 50)).toBe(1);
  expect(fromUnit(SPACE.extra!, toUnit(SPACE.extra!, true))).toBe(true);
});
