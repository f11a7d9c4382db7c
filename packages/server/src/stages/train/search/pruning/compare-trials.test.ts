import { expect, test } from 'vitest';
import { sampleData } from '../../../../testing/sample-training.ts';
import { type OpenTrial, openTrial } from '../open-trial.ts';
import { type SearchState, searchState } from '../search-state.ts';
import { compareTrials } from './compare-trials.ts';

const ROWS = 400;
const PLAN = { folds: 1, learningRateMultiplier: 1 };
const state = searchState(sampleData('regression', ROWS), { seed: 1 });

/** A trial that is off by so much everywhere. */
function offBy(error: number): OpenTrial {
  const candidate = { learner: 'linear' as const, params: {} };
  const trial = openTrial(state, PLAN, 1, { candidate, why: '', race: 'none' });
  return { ...trial, margins: Float64Array.from(state.data.target, (truth) => truth + error) };
}

const compared = (own: SearchState, groups?: Int32Array) =>
  compareTrials(own, PLAN, offBy(2), offBy(1), groups);

test('trials of one fold are compared on parts of its rows', () => {
  expect(compared(state)).toMatchObject({ pays: true });
  expect(compared({ ...state, forward: true })).toMatchObject({ pays: true });
});

test('rows of a group say together what they say', () => {
  expect(compared(state, new Int32Array(ROWS).fill(7))).toBeUndefined();
  expect(
    compared(
      state,
      Int32Array.from({ length: ROWS }, (_, row) => row % 40),
    ),
  ).toMatchObject({ pays: true });
});

test('folds whose metric is undefined say nothing', () => {
  const looks = (...losses: number[]) => new Map(losses.map((loss, fold) => [fold, loss]));
  const trial = (...losses: number[]): OpenTrial => ({ ...offBy(0), looks: looks(...losses) });
  const plan = { folds: 3, learningRateMultiplier: 1 };
  expect(compareTrials(state, plan, trial(2, Number.NaN, 2), trial(1, 1, Number.NaN))).toBeUndefined();
  expect(compareTrials(state, plan, trial(2, 2, Number.NaN), trial(1, 1, 1))).toMatchObject({
    before: 2,
    after: 1,
  });
});
