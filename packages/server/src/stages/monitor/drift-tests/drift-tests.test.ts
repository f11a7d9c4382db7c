import { describe, expect, it } from 'vitest';
import { normalTwoSided } from '../probability/index.ts';
import { chiSquare } from './chi-square.ts';
import type { Contrast } from './drift-test.ts';
import { DRIFT_TESTS } from './index.ts';
import { jensenShannon, jensenShannonDistance } from './jensen-shannon.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { meanShift } from './mean-shift.ts';
import { missingShare } from './missing-share.ts';
import { poolCells } from './pool-cells.ts';
import { psi } from './psi.ts';
import { unseenShare } from './unseen-share.ts';
import { wasserstein } from './wasserstein.ts';

const ALPHA = 0.01;
const REFERENCE = [420, 310, 170, 100];
const WINDOW = [60, 75, 40, 25];

/** Of another window than the counts, which no test compares with them. */
const MOMENTS = {
  reference: { mean: 1.45, standardDeviation: 2 },
  window: { mean: 1.65, standardDeviation: 2.5 },
};

function categories(reference: number[], window: number[]): Contrast {
  const sample = (cells: number[]) => ({ cells, present: sum(cells), missing: 0, unseen: 0 });
  return {
    kind: 'category',
    reference: sample(reference),
    window: sample(window),
    widths: [],
  };
}

function bins(reference: number[], window: number[]): Contrast {
  const outside = (counts: number[]) => [0, ...counts, 0];
  const base = categories(outside(reference), outside(window));
  return { ...base, kind: 'number', widths: reference.map(() => 1), moments: MOMENTS };
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

describe('drift tests agree with SciPy 1.17.1', () => {
  it('chi-square: chi2_contingency of the 2 × K table', () => {
    const found = chiSquare.find(categories(REFERENCE, WINDOW), ALPHA)!;
    expect(found.pValue).toBeCloseTo(0.018129680261806728, 12);
    expect(found.effect).toBeCloseTo(Math.sqrt(10.051948051948049 * (1 / 1000 + 1 / 200)), 12);
  });

  it('Jensen-Shannon: spatial.distance.jensenshannon in base 2', () => {
    const shares = (counts: number[]) => counts.map((count) => count / sum(counts));
    expect(jensenShannonDistance(shares(REFERENCE), shares(WINDOW))).toBeCloseTo(0.10657116585365514, 12);
    const found = jensenShannon.find(categories(REFERENCE, WINDOW), ALPHA)!;
    expect(found.effect).toBeCloseTo(0.10677447043688162, 12);
  });

  it('PSI of the smoothed shares', () => {
    expect(psi.find(bins(REFERENCE, WINDOW), ALPHA)!.effect).toBeCloseTo(0.0634466399177239, 12);
  });

  it("Kolmogorov-Smirnov: ks_2samp's distance and Kolmogorov's limit", () => {
    const found = kolmogorovSmirnov.find(bins(REFERENCE, WINDOW), ALPHA)!;
    expect(found.effect).toBeCloseTo(0.12, 12);
    expect(found.pValue).toBeCloseTo(0.016459484923676583, 12);
  });

  it('Wasserstein: the area between both piecewise linear distributions, over the standard deviation', () => {
    expect(wasserstein.find(bins(REFERENCE, WINDOW), ALPHA)!.effect).toBeCloseTo(0.2 / 2, 10);
  });

  it('the missing share: the two-proportion test with continuity correction', () => {
    const contrast = categories([980], [185]);
    contrast.reference.missing = 20;
    contrast.window.missing = 15;
    const found = missingShare.find(contrast, ALPHA)!;
    expect(found.effect).toBeCloseTo(0.055, 12);
    expect(found.pValue).toBeCloseTo(6.622936153813285e-5, 9);
  });
});

it('the mean shift is a z-test with the larger variance', () => {
  const found = meanShift.find(bins(REFERENCE, WINDOW), ALPHA)!;
  expect(found.effect).toBeCloseTo(0.1, 12);
  const z = 0.2 / (2.5 * Math.sqrt(1 / 1000 + 1 / 200));
  expect(found.pValue).toBeCloseTo(normalTwoSided(z), 12);
});

it('every effect at its chance level has a p-value of alpha', () => {
  for (const test of DRIFT_TESTS) {
    const contrast = test.kinds.includes('number') ? bins(REFERENCE, WINDOW) : categories(REFERENCE, WINDOW);
    const found = test.find(contrast, ALPHA);
    if (found === null) continue;
    const beyond = found.effect > found.chance;
    expect([test.id, found.pValue < ALPHA]).toEqual([test.id, beyond]);
  }
});

it('identical samples have no effect', () => {
  for (const test of DRIFT_TESTS) {
    const make = test.kinds.includes('number') ? bins : categories;
    const found = test.find(make(REFERENCE, REFERENCE), ALPHA);
    if (found !== null && test.id !== 'mean-shift') expect([test.id, found.effect]).toEqual([test.id, 0]);
  }
});

it('columns without values, or with one cell only, give nothing to test', () => {
  for (const test of DRIFT_TESTS) {
    expect(test.find(bins([0, 0], [0, 0]), ALPHA)).toBeNull();
    expect(test.find(categories([0, 0], [5, 0]), ALPHA)).toBeNull();
  }
  expect(psi.find(bins([100], [50]), ALPHA)).toBeNull();
  expect(chiSquare.find(categories([100], [50]), ALPHA)).toBeNull();
});

it('values outside the training range count as drift', () => {
  const contrast = bins(REFERENCE, [0, 0, 0, 0]);
  contrast.window.cells = [0, 0, 0, 0, 0, 200];
  contrast.window.present = 200;
  expect(kolmogorovSmirnov.find(contrast, ALPHA)!.effect).toBe(1);
  expect(wasserstein.find(contrast, ALPHA)!.pValue).toBeLessThan(1e-6);
});

it('a few new values are expected where training saw many values once', () => {
  const contrast = categories([900, 100], [150, 50]);
  contrast.window.unseen = 20;
  expect(unseenShare.find(contrast, ALPHA)!.pValue).toBeLessThan(1e-6);
  contrast.reference.unseen = 100;
  expect(unseenShare.find(contrast, ALPHA)).toBeNull();
});

describe('sparse cells are pooled until each is expected five times in the smaller sample', () => {
  it('takes neighbours for numbers', () => {
    const pooled = poolCells(bins([100, 1, 1, 898], [20, 0, 0, 180]))!;
    expect(pooled.reference).toEqual([100, 900]);
    expect(pooled.window).toEqual([20, 180]);
  });

  it('takes the rarest for categories', () => {
    const pooled = poolCells(categories([1, 500, 2, 30, 467], [0, 100, 1, 5, 94]))!;
    expect(pooled.reference).toEqual([33, 467, 500]);
    expect(pooled.window).toEqual([6, 94, 100]);
  });
});
