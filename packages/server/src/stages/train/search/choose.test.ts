import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { sampleData } from '../../../testing/sample-training.ts';
import { expectedCosts } from '../decision.ts';
import { LEARNERS } from '../learners/index.ts';
import { METRICS } from '../metrics/index.ts';
import { calibrateMargins } from './decision/calibrate-margins.ts';
import { chooseThreshold, setThreshold } from './decision/choose-threshold.ts';
import { chooseEnsemble } from './ensemble/choose-ensemble.ts';
import { meanOf } from './ensemble/mean-of.ts';
import { ensembleMargins } from './ensemble/member.ts';
import { primaryLoss } from './primary-loss.ts';
import { type SearchState, searchState } from './search-state.ts';
import type { Trial } from './trial.ts';

const ROWS = 4000;
const all = Int32Array.from({ length: ROWS }, (_, row) => row);

/** A binary problem with the margins that its rows were drawn from. */
function drawn(): { state: SearchState; truth: Float64Array } {
  const random = seededRandom(5);
  const truth = Float64Array.from({ length: ROWS }, () => 6 * random() - 3);
  const target = truth.map((margin) => (random() < 1 / (1 + Math.exp(-margin)) ? 1 : 0));
  const state = searchState(sampleData('binary', ROWS), { seed: 1 });
  return { state: { ...state, data: { ...state.data, target } }, truth };
}

function trialOf(state: SearchState, margins: Float64Array): Trial {
  const losses = state.folds
    .slice(0, state.whole)
    .map((fold) => primaryLoss(state, margins, fold.validation));
  return {
    number: 1,
    candidate: { learner: 'linear', params: LEARNERS.linear.defaults },
    fits: [],
    losses,
    margins,
    seconds: 1,
  };
}

function noisy(truth: Float64Array, seed: number): Float64Array {
  const random = seededRandom(seed);
  return truth.map((margin) => margin + 3 * (random() + random() - 1));
}

describe('the blend', () => {
  const { state, truth } = drawn();

  test('of trials that err independently beats each of them, and leaves the useless one out', () => {
    const trials = [noisy(truth, 1), noisy(truth, 2), truth.map((margin) => -margin)].map((margins) =>
      trialOf(state, margins),
    );
    const members = chooseEnsemble(state, trials, all);
    expect(members.map(({ trial }) => trials.indexOf(trial)).toSorted()).toEqual([0, 1]);
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const blended = primaryLoss(state, ensembleMargins(members), all);
    for (const trial of trials) expect(blended).toBeLessThan(meanOf(trial.losses));
  });

  test('is the best trial alone when the others add nothing', () => {
    const trials = [trialOf(state, noisy(truth, 1)), trialOf(state, truth)];
    const members = chooseEnsemble(state, trials, all);
    expect(members).toEqual([{ trial: trials[1], weight: 1 }]);
  });
});

describe('the blend of few rows', () => {
  const { state, truth } = drawn();
  const few = all.subarray(0, 200);

  test('has a place for a worse trial of another kind, whose errors are its own', () => {
    const shared = noisy(truth, 1);
    const trees = [0, 1, 2].map((i) => ({
      ...trialOf(
        state,
        shared.map((margin) => margin + i / 1000),
      ),
      candidate: { learner: 'boosted-trees' as const, params: LEARNERS['boosted-trees'].defaults },
    }));
    const linear = trialOf(
      state,
      truth.map((margin, row) => margin - 1.1 * (shared[row]! - margin)),
    );
    const kinds = chooseEnsemble(state, [...trees, linear], few).map(({ trial }) => trial.candidate.learner);
    expect(meanOf(linear.losses)).toBeGreaterThan(meanOf(trees[2]!.losses));
    expect(kinds).toContain('linear');
    expect(kinds).toContain('boosted-trees');
  });

  test('is chosen by log loss where rankings are asked for, which few rows tell too little of', () => {
    const ranked = { ...state, selection: { metric: METRICS.find(({ id }) => id === 'roc-auc')! } };
    const sure = trialOf(
      ranked,
      truth.map((margin) => 40 * margin),
    );
    const right = trialOf(ranked, noisy(truth, 0.2));
    expect(meanOf(sure.losses)).toBeLessThan(meanOf(right.losses));
    expect(chooseEnsemble(ranked, [sure, right], few)).toEqual([{ trial: right, weight: 1 }]);
  });
});

describe('calibration', () => {
  const { state, truth } = drawn();

  test('undoes margins that are too sure and shifted', () => {
    const calibration = calibrateMargins(
      state,
      truth.map((margin) => 3 * margin + 1),
      all,
    )!;
    expect(calibration.slope).toBeCloseTo(1 / 3, 1);
    expect(calibration.shift[0]).toBeCloseTo(-1 / 3, 0.7);
  });

  test('leaves margins alone that are right', () => {
    expect(calibrateMargins(state, truth, all)).toBeNull();
  });
});

describe('the threshold', () => {
  test('stays at one half when that finds the positives about as well as any', () => {
    expect(chooseThreshold([0, 0, 1, 1], Float64Array.of(0.1, 0.4, 0.45, 0.9)).threshold).toBeLessThan(0.5);
    expect(chooseThreshold([0, 0, 1, 1], Float64Array.of(0.1, 0.4, 0.6, 0.9))).toMatchObject({
      threshold: 0.5,
      by: 'default',
      says: expect.stringMatching(/more probable class.*F1 is at least nine tenths/),
    });
  });

  test('of rare positives is where F1 is best, and says so', () => {
    const target = Array.from({ length: 100 }, (_, row) => (row < 5 ? 1 : 0));
    const probabilities = Float64Array.from(target, (value, row) => (value ? 0.2 + row / 100 : row / 1000));
    const { threshold, by, says } = chooseThreshold(target, probabilities);
    expect(threshold).toBeGreaterThan(0.099);
    expect(threshold).toBeLessThan(0.2);
    expect(by).toBe('f1');
    expect(says).toMatch(/so rare that 0\.5 hardly ever finds it/);
  });

  test('without any positive is one half', () => {
    expect(chooseThreshold([0, 0], Float64Array.of(0.1, 0.2)).threshold).toBe(0.5);
  });

  test('of a metric of answers is where it is best, and names it', () => {
    const metric = METRICS.find(({ id }) => id === 'mcc')!;
    const { by, says } = chooseThreshold([0, 0, 1, 1], Float64Array.of(0.1, 0.2, 0.3, 0.9), { metric });
    expect({ by, says }).toMatchObject({
      by: 'metric',
      says: expect.stringMatching(/Matthews correlation 1 /),
    });
  });
});

describe('the threshold of costs', () => {
  const random = seededRandom(3);
  const exact = Float64Array.from({ length: 5000 }, () => random());
  const target = exact.map((probability) => (random() < probability ? 1 : 0));
  const costs = { fn: 10, fp: 1, tp: 0, tn: 0 };

  test('is the one they imply where probabilities are exact', () => {
    const found = chooseThreshold(target, exact, { costs });
    expect(found.threshold).toBeCloseTo(1 / 11, 12);
    expect(found.by).toBe('costs');
    expect(chooseThreshold(target, exact, { costs: { fn: 3, fp: 1, tp: 2, tn: 1 } }).threshold).toBeCloseTo(
      2 / 7,
      12,
    );
  });

  test('moves where probabilities are off beyond chance, so that it costs less', () => {
    const off = exact.map((probability) => probability ** 3);
    const { threshold, expected } = chooseThreshold(target, off, { costs });
    expect(threshold).toBeLessThan(0.02);
    expect(expected!.chosen).toBeLessThan(expectedCosts(target, off, 1 / 11, costs).chosen);
  });

  test('is told with the cost per 1,000 rows, there and of simpler ways to answer', () => {
    const { expected, says } = chooseThreshold(target, exact, { costs });
    const positives = target.reduce((sum, truth) => sum + truth, 0);
    expect(expected!.alwaysNegative).toBeCloseTo((10_000 * positives) / 5000, 9);
    expect(expected!.alwaysPositive).toBeCloseTo((1000 * (5000 - positives)) / 5000, 9);
    expect(expected!.chosen).toBeLessThan(expected!.half);
    expect(expected!.chosen).toBeLessThan(expected!.alwaysPositive);
    expect(says).toMatch(/A missed positive costs 10 and a false alarm 1.*5,000 out-of-fold predictions/);
  });

  test('counts gains below nothing', () => {
    const gains = { fn: 1, fp: 1, tp: 4, tn: 2 };
    expect(expectedCosts([1, 0], Float64Array.of(0.9, 0.1), 0.5, gains).chosen).toBe(-3000);
  });
});

test('a threshold that somebody set is kept, with what it means on held-out rows', () => {
  const decision = setThreshold([0, 0, 0, 0, 1, 1], Float64Array.of(0.1, 0.2, 0.25, 0.4, 0.3, 0.2), 0.3);
  expect(decision).toEqual({
    threshold: 0.3,
    by: 'given',
    says: 'Set by the user. On 6 out-of-fold predictions it answers 50 % of the positive rows and 75 % of the negative rows right.',
  });
});
