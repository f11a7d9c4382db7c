import { describe, expect, test } from 'vitest';
import { calibrationOf, differenceBetween, meanOf, ratioBetween, shareOf } from './estimate.ts';

/** Expected numbers of this file are those of SciPy 1.16 and statsmodels 0.14. */
const Z95 = 1.959963984540054;

test("the interval of a share is Wilson's, also where nothing was counted", () => {
  const { low, high } = shareOf(45, 90).bounds(Z95);
  expect(low).toBeCloseTo(0.3988372282354734, 12);
  expect(high).toBeCloseTo(0.6011627717645266, 12);
  expect(shareOf(0, 40).bounds(Z95)).toEqual({ low: 0, high: expect.closeTo(0.08762160119728662, 12) });
});

test("the interval of a difference of shares is Newcombe's", () => {
  const { value, low, high } = differenceBetween(shareOf(45, 90), shareOf(18, 60), Z95);
  expect(value).toBeCloseTo(0.2, 12);
  expect(low).toBeCloseTo(0.03912525418449961, 12);
  expect(high).toBeCloseTo(0.34296367065472544, 12);
});

describe('the interval of a ratio of shares', () => {
  test.each([
    [18, 60, 45, 90, 0.3806, 0.9114],
    [2, 60, 9, 90, 0.0823, 1.3054],
  ])('%i of %i over %i of %i is near the score interval', (a, n, b, m, low, high) => {
    const found = ratioBetween(shareOf(a, n), shareOf(b, m), Z95);
    expect(found.value).toBeCloseTo(a / n / (b / m), 12);
    expect(Math.abs(found.low - low)).toBeLessThan(0.02);
    expect(Math.abs(found.high - high)).toBeLessThan(0.05);
  });

  test('begins at 0 where nothing was counted, and holds the ratio between', () => {
    const found = ratioBetween(shareOf(0, 60), shareOf(45, 90), Z95);
    expect(found).toMatchObject({ value: 0, low: 0 });
    expect(found.high).toBeGreaterThan(0.05);
    expect(found.high).toBeLessThan(0.3);
  });
});

test.each([
  [4, 3.1824463052837086],
  [10, 2.2621571627982053],
  [30, 2.045229642132704],
])("a mean of %i values has Student's interval", (rows, quantile) => {
  const values = Float64Array.from({ length: rows }, (_, i) => i % 2);
  const { value, bounds } = meanOf(values);
  const deviation = Math.sqrt(values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (rows - 1));
  const half = (bounds(Z95).high - value) / (deviation / Math.sqrt(rows));
  expect(Math.abs(half / quantile - 1)).toBeLessThan(0.02);
});

test('calibration is mean stated minus observed, unsure as the observed share is', () => {
  const found = calibrationOf(new Float64Array(40).fill(0.1), new Float64Array(40));
  expect(found.value).toBeCloseTo(0.1, 12);
  expect(found.bounds(Z95).low).toBeCloseTo(0.1 - 0.08762160119728662, 12);
  expect(found.bounds(Z95).high).toBeCloseTo(0.1, 12);
});
