import { describe, expect, it } from 'vitest';
import { sampleData } from '../../../testing/sample-training.ts';
import type { OpenTrial } from './open-trial.ts';
import { searchShare } from './search-share.ts';
import { searchState } from './search-state.ts';

const plan = { folds: 5, learningRateMultiplier: 1 };
const state = searchState(sampleData('regression', 1000), { seed: 1 });

/** A trial that is done, of five fits that took so long, each of so many trees that are one leaf. */
function trial(loss: number, seconds: number, leaves = 0): OpenTrial {
  const folds = [0, 1, 2, 3, 4];
  const leaf = { feature: [-1] };
  return {
    state: 'done',
    candidate: { learner: 'boosted-trees', params: {} },
    fits: new Map(
      folds.map((fold) => [fold, { seconds, model: { trees: Array(leaves).fill(leaf), parts: [] } }]),
    ),
    looks: new Map(folds.map((fold) => [fold, loss])),
  } as unknown as OpenTrial;
}

/** Of 100 s, before a refit on 1,250 rows in one lane: a fit on them takes 1.25 times as long, and the estimate is a tenth more. */
function shareAfter(trials: OpenTrial[], rows: number | undefined = 1250): number {
  const shares = searchShare(state, 100, rows, 1);
  for (const one of trials) shares.take(one, plan);
  return shares.share();
}

describe('the share of the budget that a search may take', () => {
  it('leaves what the two best trials would take on all rows', () => {
    const ofOne = (1.1 * 5 * 2 * 1.25) / 100;
    expect(shareAfter([trial(1, 2), trial(2, 2)])).toBeCloseTo(1.05 - 2 * ofOne, 9);
    expect(shareAfter([trial(3, 9), trial(1, 2), trial(2, 2)])).toBeCloseTo(1.05 - 2 * ofOne, 9);
  });

  it('is as without a refit where a refit takes little, is not wanted, or would take too much', () => {
    expect(shareAfter([trial(1, 0.1)])).toBe(0.93);
    expect(shareAfter([trial(1, 20)])).toBe(0.93);
    const none = searchShare(state, 100, undefined, 1);
    none.take(trial(1, 2), plan);
    expect(none.share()).toBe(0.93);
  });

  it('leaves one fit on all rows of each where fold models are too large together', () => {
    const shares = (mostLeaves: number, rows?: number) => {
      const found = searchShare(state, 100, rows, 1, mostLeaves);
      for (const one of [trial(1, 4, 100), trial(2, 6, 100)]) found.take(one, plan);
      return found.share();
    };
    expect(shares(600)).toBe(0.93);
    expect(shares(599)).toBeCloseTo(0.95 - (1.6 * 10) / 100, 9);
    expect(shares(599, 1000)).toBeCloseTo(
      1.05 - (1.6 * 10) / 100 - (1.1 * 10 * 1) / 100 - (1.1 * 10 * 0.25) / 100,
      9,
    );
  });

  it('does not count trials that were stopped', () => {
    expect(shareAfter([{ ...trial(1, 4), state: 'stopped' }])).toBe(0.93);
  });
});
