import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Predictions } from '../model.ts';
import { calibrationError } from './ece.ts';
import { equalMassBins } from './equal-mass-bins.ts';
import { METRICS, measure } from './index.ts';

/** The expected numbers were computed with scikit-learn 1.9.1. */

const one = (values: number[]): Predictions => ({
  rows: values.length,
  outputs: 1,
  values: Float64Array.from(values),
});
const target = (values: number[]) => Float64Array.from(values);

const BINARY = {
  target: target([0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1]),
  predictions: one([0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.05, 0.4, 0.65, 0.7, 0.2, 0.55]),
};

const MULTICLASS = {
  target: target([0, 1, 2, 2, 1, 0, 2, 1, 0, 2]),
  predictions: {
    rows: 10,
    outputs: 3,
    values: Float64Array.from(
      [
        [0.7, 0.2, 0.1],
        [0.2, 0.5, 0.3],
        [0.1, 0.2, 0.7],
        [0.3, 0.4, 0.3],
        [0.25, 0.5, 0.25],
        [0.4, 0.35, 0.25],
        [0.1, 0.1, 0.8],
        [0.6, 0.3, 0.1],
        [0.5, 0.25, 0.25],
        [0.2, 0.2, 0.6],
      ].flat(),
    ),
  } satisfies Predictions,
};

const REGRESSION = {
  target: target([3, -0.5, 2, 7, 4.2, 1.1]),
  predictions: one([2.5, 0, 2, 8, 4, 1.9]),
};

function expectMeasures(measured: Record<string, number>, expected: Record<string, number>) {
  for (const [id, value] of Object.entries(expected)) expect(measured[id], id).toBeCloseTo(value, 12);
}

describe('metrics agree with scikit-learn', () => {
  test('on binary predictions with tied scores', () => {
    expectMeasures(measure('binary', BINARY.target, BINARY.predictions), {
      accuracy: 0.75,
      precision: 0.8,
      recall: 0.6666666666666666,
      f1: 0.7272727272727273,
      'roc-auc': 0.8055555555555556,
      'pr-auc': 0.8069444444444444,
      'log-loss': 0.49405485445087066,
      brier: 0.16833333333333333,
      'balanced-accuracy': 0.75,
      sensitivity: 0.6666666666666666,
      specificity: 0.8333333333333334,
      ppv: 0.8,
      npv: 0.7142857142857143,
    });
  });

  test('on binary answers at another threshold', () => {
    expect(measure('binary', BINARY.target, BINARY.predictions, { threshold: 0.3 }).f1).toBeCloseTo(0.8, 12);
  });

  test('on multiclass probabilities, macro and one against the rest', () => {
    expectMeasures(measure('multiclass', MULTICLASS.target, MULTICLASS.predictions), {
      accuracy: 0.8,
      precision: 0.8055555555555555,
      recall: 0.8055555555555555,
      f1: 0.7936507936507936,
      'roc-auc': 0.929563492063492,
      'pr-auc': 0.8740740740740741,
      'log-loss': 0.6850996945163528,
      brier: 0.3855,
      'balanced-accuracy': 0.8055555555555555,
    });
  });

  test('on regression', () => {
    expectMeasures(measure('regression', REGRESSION.target, REGRESSION.predictions), {
      rmse: 0.6027713773341707,
      mae: 0.5,
      r2: 0.9359953024075162,
      mape: 0.3474025974025974,
      'median-absolute-error': 0.5,
    });
  });
});

describe('what is not defined is left out', () => {
  test('ROC AUC and PR AUC when the positive class never occurs', () => {
    const measured = measure('binary', target([0, 0]), one([0.2, 0.7]));
    expect(Object.keys(measured)).not.toContain('roc-auc');
    expect(Object.keys(measured)).not.toContain('pr-auc');
    expect(measured.accuracy).toBe(0.5);
  });

  test('relative error when a truth is zero, and R² when the truth never varies', () => {
    expect(Object.keys(measure('regression', target([0, 2]), one([1, 1])))).not.toContain('mape');
    expect(Object.keys(measure('regression', target([2, 2]), one([1, 3])))).not.toContain('r2');
  });

  test('a class that occurs neither in truth nor in answers does not enter the mean', () => {
    const predictions: Predictions = {
      rows: 2,
      outputs: 3,
      values: Float64Array.from([0.8, 0.1, 0.1, 0.1, 0.8, 0.1]),
    };
    expect(measure('multiclass', target([0, 1]), predictions).f1).toBe(1);
  });
});

test('a sure and wrong answer costs a finite log loss', () => {
  expect(measure('binary', target([1]), one([0]))['log-loss']).toBeCloseTo(52 * Math.LN2, 9);
});

test('calibration error is the gap between what was stated and what came, bin by bin', () => {
  const stated = Float64Array.from([0.9, 0.8, 0.2, 0.1]);
  const came = Uint8Array.from([1, 0, 1, 0]);
  expect(calibrationError(stated, came, 2)).toBeCloseTo((Math.abs(1.7 - 1) + Math.abs(0.3 - 1)) / 4, 12);
  expect(calibrationError(stated, came, 4)).toBeCloseTo((0.1 + 0.8 + 0.8 + 0.1) / 4, 12);
});

test('perfectly calibrated probabilities have no calibration error', () => {
  const stated = new Float64Array(1500).fill(0.2);
  const came = Uint8Array.from({ length: 1500 }, (_, row) => (row % 5 === 0 ? 1 : 0));
  expect(calibrationError(stated, came)).toBeCloseTo(0, 12);
});

test('calibration error does not depend on the order of the rows, however many state the same', () => {
  const rows = fc.array(
    fc.record({ stated: fc.constantFrom(0, 0.1, 0.25, 0.25, 0.5, 0.9, 1), came: fc.boolean() }),
    { minLength: 1, maxLength: 80 },
  );
  const errorOf = (all: { stated: number; came: boolean }[]) =>
    calibrationError(
      Float64Array.from(all, ({ stated }) => stated),
      Uint8Array.from(all, ({ came }) => (came ? 1 : 0)),
      3,
    );
  fc.assert(
    fc.property(
      rows.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        ),
      ),
      ([all, shuffled]) => {
        expect(errorOf(shuffled)).toBeCloseTo(errorOf(all), 12);
      },
    ),
  );
});

test('a constant prediction of the base rate has no calibration error, whatever the order of the rows', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (all) => {
      const came = Uint8Array.from(all, (hit) => (hit ? 1 : 0));
      const stated = new Float64Array(all.length).fill(came.reduce((a, b) => a + b, 0) / all.length);
      expect(calibrationError(stated, came)).toBeCloseTo(0, 12);
      expect(calibrationError(stated, came.toSorted())).toBeCloseTo(0, 12);
    }),
  );
});

test('distinct values are cut into bins whose sizes differ by one at most', () => {
  const sorted = Float64Array.from({ length: 47 }, (_, i) => i);
  const sizes = equalMassBins(sorted, 15).map(({ from, to }) => to - from);
  expect(sizes).toHaveLength(15);
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(47);
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([3, 4]);
});

test('predictive values and sensitivity are left out where no row defines them', () => {
  const measured = measure('binary', target([0, 0]), one([0.1, 0.2]));
  expect(measured).toMatchObject({ specificity: 1, npv: 1 });
  expect(Object.keys(measured).filter((id) => ['sensitivity', 'ppv'].includes(id))).toEqual([]);
});

test('every metric has its own id', () => {
  expect(new Set(METRICS.map((metric) => metric.id)).size).toBe(METRICS.length);
});
