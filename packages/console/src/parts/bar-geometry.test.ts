import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barsOf, sharesOf } from './bar-geometry.ts';

describe('bars of a histogram', () => {
  test('a bar is as wide as its bin and as high as its share of the largest', () => {
    expect(barsOf([5, 10], [0, 1, 4])).toEqual([
      { x: 0, y: 0.5, width: 0.25, height: 0.5 },
      { x: 0.25, y: 0, width: 0.75, height: 1 },
    ]);
  });

  test('bins without usable edges are equally wide', () => {
    expect(barsOf([1, 1], [3, 3, 3]).map((bar) => bar.width)).toEqual([0.5, 0.5]);
    expect(barsOf([1, 1], [0, 1]).map((bar) => bar.width)).toEqual([0.5, 0.5]);
  });

  test('bars stay inside the picture and cover its width', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }), (counts) => {
        const bars = barsOf(counts);
        for (const bar of bars) {
          expect(bar.y).toBeGreaterThanOrEqual(0);
          expect(bar.y + bar.height).toBeCloseTo(1, 9);
          expect(bar.x + bar.width).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(bars.reduce((sum, bar) => sum + bar.width, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('nothing counted is nothing drawn', () => {
    expect(barsOf([0, 0]).every((bar) => bar.height === 0)).toBe(true);
    expect(sharesOf([0, 0])).toEqual([0, 0]);
    expect(sharesOf([1, 3])).toEqual([0.25, 0.75]);
  });
});
