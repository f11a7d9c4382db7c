import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { MONITOR_DEFAULTS } from '../options.ts';
import { compareMeasures } from './compare-measures.ts';
import { UNKNOWN_CLASS } from './label-join.ts';
import type { JudgedRows } from './measures.ts';

/** Rows whose score is the true probability, unless the cut between the classes has moved. */
function binaryRows(count: number, seed: number, cut?: number): JudgedRows {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: count }, () => random());
  const target = values.map((score) => (cut === undefined ? Number(random() < score) : Number(score >= cut)));
  return { target, predictions: { rows: count, outputs: 1, values }, threshold: 0.5 };
}

/** Predictions of a line over `spread`, with errors of `noise`. */
function numberRows(count: number, seed: number, spread: number, noise: number): JudgedRows {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: count }, () => 100 + spread * random());
  const target = values.map((value) => value + noise * gaussian(random));
  return { target, predictions: { rows: count, outputs: 1, values }, threshold: 0.5 };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const BINARY = { task: 'binary', threshold: 0.5, holdout: null } as const;
const REGRESSION = { task: 'regression', threshold: 0.5, holdout: null } as const;
const degradedOf = (found: ReturnType<typeof compareMeasures>) =>
  found.filter(({ degraded }) => degraded).map(({ id }) => id);

describe('which measure shows that performance has fallen', () => {
  const heldOut = binaryRows(2000, 1, 0.5);

  it('accuracy, where the cut moved and the ROC AUC did not', () => {
    const found = compareMeasures({ ...BINARY, heldOut }, binaryRows(400, 2, 0.7), MONITOR_DEFAULTS);
    expect(found.find(({ id }) => id === 'roc-auc')).toMatchObject({ value: { value: 1 }, degraded: false });
    expect(degradedOf(found)).toContain('accuracy');
  });

  it('accuracy, where only one class came in and the ROC AUC is not defined', () => {
    const rows = binaryRows(400, 3, 0.5);
    rows.target.fill(0);
    const found = compareMeasures({ ...BINARY, heldOut }, rows, MONITOR_DEFAULTS);
    expect(found.find(({ id }) => id === 'roc-auc')).toMatchObject({ value: null, degraded: false });
    expect(degradedOf(found)).toContain('accuracy');
  });

  it('none, where nothing changed', () => {
    const found = compareMeasures({ ...BINARY, heldOut }, binaryRows(400, 4, 0.5), MONITOR_DEFAULTS);
    expect(degradedOf(found)).toEqual([]);
  });

  it('a class that the model does not know counts as a wrong answer, and in no probability', () => {
    const rows = binaryRows(400, 5, 0.5);
    rows.target.fill(UNKNOWN_CLASS, 0, 100);
    const found = compareMeasures({ ...BINARY, heldOut }, rows, MONITOR_DEFAULTS);
    expect(found.find(({ id }) => id === 'accuracy')!.value!.value).toBeCloseTo(0.75, 12);
    expect(degradedOf(found)).toEqual(['accuracy']);
  });

  it('not R²: a narrow segment at the usual errors is as good as the hold-out', () => {
    const usual = numberRows(2000, 6, 100, 5);
    const narrow = numberRows(400, 7, 1, 5);
    const found = compareMeasures({ ...REGRESSION, heldOut: usual }, narrow, MONITOR_DEFAULTS);
    expect(found.map(({ id }) => id)).toEqual(['rmse', 'mae']);
    expect(degradedOf(found)).toEqual([]);
  });

  it('RMSE and MAE, where the errors have grown by half', () => {
    const usual = numberRows(2000, 8, 100, 5);
    const found = compareMeasures(
      { ...REGRESSION, heldOut: usual },
      numberRows(400, 9, 100, 7.5),
      MONITOR_DEFAULTS,
    );
    expect(degradedOf(found)).toEqual(['rmse', 'mae']);
  });
});

describe('chance alone', () => {
  const TRIALS = 100;
  const options = { ...MONITOR_DEFAULTS, qualityTolerance: 0, errorTolerance: 0 };

  it.each([100, 400])(
    'degrades a measure at most as often as alpha says, with %i labels and no tolerance',
    (labels) => {
      let fallen = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const heldOut = binaryRows(300, 2 * trial + 1);
        const found = compareMeasures({ ...BINARY, heldOut }, binaryRows(labels, 2 * trial + 2), options);
        if (degradedOf(found).length > 0) fallen++;
      }
      // Alpha is 1 %: of 300 trials 3 are expected, and 9 or more happen once in 250 times.
      expect(fallen).toBeLessThan(5);
    },
  );

  it('degrades RMSE and MAE no more often', () => {
    let fallen = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const heldOut = numberRows(300, 2 * trial + 1, 100, 5);
      const found = compareMeasures(
        { ...REGRESSION, heldOut },
        numberRows(200, 2 * trial + 2, 100, 5),
        options,
      );
      if (degradedOf(found).length > 0) fallen++;
    }
    expect(fallen).toBeLessThan(5);
  });
});

it('without the rows of the hold-out, the headline metric is compared with what validation reported', () => {
  const model = { ...BINARY, holdout: { value: 0.95, low: 0.93, high: 0.97 } };
  const found = compareMeasures(model, binaryRows(400, 2), MONITOR_DEFAULTS);
  expect(found.map(({ holdout }) => holdout)).toEqual([null, model.holdout, null]);
  expect(degradedOf(found)).toEqual(['roc-auc']);
});
