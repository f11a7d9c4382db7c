import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketOfMs,
  countOf,
  latencySketch,
  quantileMs,
  slowerThan,
  upperBoundMs,
} from './latency-sketch.ts';

function sketchOf(times: readonly number[]): Float64Array {
  const sketch = latencySketch();
  for (const ms of times) sketch[bucketOfMs(ms)]!++;
  return sketch;
}

const times = fc.array(fc.double({ min: 0.001, max: 50_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

describe('a latency sketch', () => {
  it('knows a quantile to a fifth, and never too low', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
        const sorted = all.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(all.length * share)) - 1]!;
        const told = quantileMs(sketchOf(all), share)!;
        expect(told).toBeGreaterThanOrEqual(Math.min(exact, told));
        expect(told).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(told).toBeLessThanOrEqual(Math.max(0.02, exact * 1.19));
      }),
    );
  });

  it('never calls slower what was not', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 10_000, noNaN: true }), (all, limit) => {
        expect(slowerThan(sketchOf(all), limit)).toBeLessThanOrEqual(all.filter((ms) => ms > limit).length);
      }),
    );
  });

  it('counts all, beyond its last bound too, and says nothing of none', () => {
    const sketch = sketchOf([0, 1, 1e9]);
    expect(countOf(sketch)).toBe(3);
    expect(quantileMs(sketch, 1)).toBeGreaterThan(10_000);
    expect(quantileMs(latencySketch(), 0.5)).toBeUndefined();
    expect(upperBoundMs(bucketOfMs(3.7))).toBeGreaterThanOrEqual(3.7);
  });
});
