import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half-floats.ts';

const ALL = Array.from({ length: 65_536 }, (_, half) => half);

describe.each([
  ['float16', fromFloat16, toFloat16],
  ['bfloat16', fromBfloat16, toBfloat16],
])('%s', (_, from, to) => {
  it('comes back from every one of its numbers', () => {
    const lost = ALL.filter((half) => !Number.isNaN(from(half)) && to(from(half)) !== half);
    expect(lost).toEqual([]);
    expect(from(to(Number.NaN))).toBeNaN();
  });

  it('takes the nearest number', () => {
    const finite = ALL.map(from).filter(Number.isFinite);
    fc.assert(
      fc.property(fc.double({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
        const near = Math.fround(value);
        const error = Math.abs(from(to(near)) - near);
        return finite.every((other) => Math.abs(other - near) >= error);
      }),
      { numRuns: 50 },
    );
  });
});

describe('float16', () => {
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -14, 0x0400],
    [0.333251953125, 0x3555],
    [2049, 0x6800],
    [2051, 0x6802],
  ])('writes %f as 0x%x', (value, half) => {
    expect(toFloat16(value)).toBe(half);
  });
});
