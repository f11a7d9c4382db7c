import { describe, expect, it } from 'vitest';
import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import { kolmogorovQuantile, kolmogorovSurvival } from './kolmogorov.ts';
import { normalCdf, normalQuantile, normalTwoSided } from './normal.ts';

/** Reference numbers: SciPy 1.17.1 (`stats.chi2`, `stats.norm`, `special.kolmogorov`). */
const relative = (got: number, expected: number) => Math.abs(got - expected) / Math.abs(expected);

describe('the chi-square distribution agrees with SciPy to ten digits', () => {
  it.each([
    [14, 1, 0.00018281063298183515],
    [4, 2, 0.1353352832366127],
    [2.5, 5, 0.7764950711233227],
    [30, 5, 1.4748581038443073e-5],
    [46, 9, 6.022096975167582e-7],
    [90, 20, 7.412919565393044e-11],
    [210, 50, 1.682997649713525e-21],
    [200, 200, 0.48670120172085135],
    [810, 200, 2.5122164091318408e-74],
  ])('P(X > %d) with %d degrees of freedom', (x, freedom, expected) => {
    expect(relative(chiSquareSurvival(x, freedom), expected)).toBeLessThan(1e-10);
  });

  it.each([
    [0.01, 1, 0.00015708785790970184],
    [0.95, 1, 3.841458820694124],
    [0.5, 5, 4.351460191095526],
    [0.99, 9, 21.665994333461924],
    [0.999, 50, 86.66081519040317],
    [0.01, 200, 156.43196610759165],
  ])('the %d quantile with %d degrees of freedom', (probability, freedom, expected) => {
    expect(relative(chiSquareQuantile(probability, freedom), expected)).toBeLessThan(1e-10);
  });
});

describe('the normal distribution agrees with SciPy', () => {
  it.each([
    [1e-10, -6.361340902404056],
    [1e-4, -3.7190164854556804],
    [0.025, -1.9599639845400545],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
    [0.9999, 3.719016485455709],
  ])('the %d quantile', (probability, expected) => {
    expect(relative(normalQuantile(probability), expected)).toBeLessThan(1e-12);
  });

  it.each([
    [-8, 6.22096057427174e-16],
    [-3, 0.0013498980316300933],
    [0.3, 0.6179114221889526],
    [4, 0.9999683287581669],
  ])('P(Z ≤ %d)', (z, expected) => {
    expect(relative(normalCdf(z), expected)).toBeLessThan(1e-12);
  });

  it('has 5 % beyond 1.96 on both sides together', () => {
    expect(normalTwoSided(-1.959963984540054)).toBeCloseTo(0.05, 12);
  });
});

describe("Kolmogorov's distribution agrees with SciPy on both sides of the switch of series", () => {
  it.each([
    [0.2, 0.999999999999495],
    [0.8, 0.5441424115741981],
    [1.17, 0.12939004218561884],
    [1.19, 0.11774229287977166],
    [1.36, 0.049485876755377876],
    [3, 3.045995948942526e-8],
  ])('P(K > %d)', (x, expected) => {
    expect(relative(kolmogorovSurvival(x), expected)).toBeLessThan(1e-10);
  });

  it('inverts', () => {
    expect(kolmogorovQuantile(0.01)).toBeCloseTo(1.6276236115189504, 9);
  });
});
