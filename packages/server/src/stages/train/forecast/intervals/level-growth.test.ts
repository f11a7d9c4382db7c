import { describe, expect, it } from 'vitest';
import { intervalsOf } from '../project-series.ts';
import { levelGrowth } from './level-growth.ts';

describe('growth of the level', () => {
  it('is the ratio of the means of the last season at both ends, three at most', () => {
    const values = [...new Array<number>(24).fill(10), ...new Array<number>(24).fill(15)];
    expect(levelGrowth(values, { from: 24, to: 48 }, [24])).toBe(1.5);
    expect(levelGrowth(values, { from: 48, to: 24 }, [24])).toBeCloseTo(2 / 3);
    expect(levelGrowth([...values, ...new Array<number>(24).fill(900)], { from: 24, to: 72 }, [24])).toBe(3);
    expect(levelGrowth(new Array<number>(48).fill(0), { from: 24, to: 48 }, [24])).toBe(1);
  });

  it('makes intervals as much wider once the values have come in, unless a series may be negative', () => {
    const model = { growth: [1], intervals: [{ level: 0.8, quantile: 2 }], seasons: [] };
    const series = { spread: 3, isNonNegative: true, end: 11, tail: new Array<number>(12).fill(100) };
    const upper = (one: Partial<{ isNonNegative: boolean }>, recent: number[]) =>
      intervalsOf(model, { ...series, ...one, recent }, Float64Array.of(200))[0]!.upper[0]! - 200;
    const doubled = new Array<number>(12).fill(200);
    expect(upper({}, [])).toBe(6);
    expect(upper({}, doubled)).toBe(12);
    expect(upper({ isNonNegative: false }, doubled)).toBe(6);
  });
});
