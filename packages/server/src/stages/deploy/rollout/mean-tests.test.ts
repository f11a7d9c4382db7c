import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { type Estimate, meanTail } from './mean-tests.ts';

/** Two estimates whose difference in standard errors is `t`, with `freedom` degrees of freedom in all. */
function apart(t: number, freedom: number): number {
  const one = { variance: 0.5, freedom: freedom / 2 };
  return meanTail({ value: t, ...one }, { value: 0, ...one });
}

describe('the test of two means', () => {
  it.each([
    // Quantiles of Student's t from R's qt().
    [2.228139, 10, 0.025],
    [4.1437, 10, 0.001],
    [1.729133, 19, 0.05],
    [3.373403, 60, 0.00065],
    [6.109, 1e7, 5.01e-10],
  ])('t = %d with %d degrees of freedom has probability %d', (t, freedom, probability) => {
    expect(apart(t, freedom) / probability).toBeCloseTo(1, 1);
  });

  it('finds nothing where the difference is the other way', () => {
    expect(apart(-1, 20)).toBe(1);
    expect(apart(0, 20)).toBe(1);
  });

  it('keeps its chance on skewed losses, whatever the shares of the two versions', () => {
    const random = seededRandom(7);
    const losses = (count: number): Estimate => {
      const values = Array.from({ length: count }, () => Math.log(1 / (1 - random())) ** 1.5);
      const value = values.reduce((sum, each) => sum + each, 0) / count;
      const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0);
      return { value, variance: squares / (count - 1) / count, freedom: count - 1 };
    };
    for (const [own, former] of [
      [20, 180],
      [100, 100],
      [60, 30],
    ] as const) {
      let found = 0;
      for (let run = 0; run < 4000; run++) if (meanTail(losses(own), losses(former)) < 0.01) found++;
      expect(found / 4000).toBeLessThan(0.02);
    }
  });
});
