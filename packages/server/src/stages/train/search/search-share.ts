import { LEARNERS } from '../learners/index.ts';
import { sizeInLeaves } from '../model-size.ts';
import { LEAST_BAG } from './ensemble/bag-size.ts';
import { WHOLE_FACTOR } from './ensemble/fit-members.ts';
import { meanOf } from './ensemble/mean-of.ts';
import { lossSoFar, type OpenTrial } from './open-trial.ts';
import type { Plan } from './plan.ts';
import { refitSeconds } from './refit-seconds.ts';
import type { SearchState } from './search-state.ts';

/** Shares of the budget after which the search ends; the rest is for blending and, in time order, for fitting again. */
const FULL_SHARE = { random: 0.93, forward: 0.7 };

/** Share of the budget that a refit may take beyond it. */
export const REFIT_ALLOWANCE = 0.1;

/** Share of the budget that blending and finishing take. */
const FINISHING_SHARE = 0.05;

/** A search that would have to end before this share of the budget goes on instead, and there is no refit. */
const LEAST_SHARE = 0.6;

/** Best trials whose refit there is to be time for: as many as a blend usually has. */
const BLENDED = 2;

/**
 * The share of the budget that the search may take. As much is kept as the best trials so far would take: for one fit of each on all
 * rows where their fold models have more than `mostLeaves` together (see `bagSize`), and for a refit on `rows`. Nothing is kept for a
 * refit where none is wanted (`rows` undefined) or where it would take too much of the search.
 */
export function searchShare(
  state: SearchState,
  budgetSeconds: number,
  rows: number | undefined,
  concurrency: number,
  mostLeaves = Number.POSITIVE_INFINITY,
) {
  const { forward, whole, folds } = state;
  const full = forward ? FULL_SHARE.forward : FULL_SHARE.random;
  const rowsOfFit = meanOf(folds.slice(0, whole).map(({ train }) => train.length));
  let best: { loss: number; leaves: number; member: { fits: number; seconds: number } }[] = [];
  return {
    take(trial: OpenTrial, plan: Plan): void {
      if (trial.state !== 'done') return;
      const fits = [...trial.fits.values()];
      const isOne = forward || LEARNERS[trial.candidate.learner].bagging === 'refit';
      const found = {
        loss: lossSoFar(trial, plan),
        leaves: meanOf(fits.map(({ model }) => sizeInLeaves(model))),
        member: { fits: isOne ? 1 : plan.folds, seconds: meanOf(fits.map((fit) => fit.seconds)) },
      };
      best = [...best, found].toSorted((a, b) => a.loss - b.loss).slice(0, BLENDED);
    },
    share(): number {
      const isTooLarge = LEAST_BAG * sum(best.map(({ leaves }) => leaves)) > mostLeaves;
      const members = best.map(({ member }) => (isTooLarge ? { ...member, fits: 1 } : member));
      const seconds = WHOLE_FACTOR * sum(members.map((member) => member.seconds));
      const ofWhole = isTooLarge && !forward ? seconds / concurrency / budgetSeconds : 0;
      const most = Math.min(full, Math.max(LEAST_SHARE, 1 - FINISHING_SHARE - ofWhole));
      if (rows === undefined) return most;
      const kept = refitSeconds({ members, folds: whole, rowsOfFit, concurrency }, rows) / budgetSeconds;
      const left = 1 + REFIT_ALLOWANCE - FINISHING_SHARE - (forward ? 1 - full : ofWhole) - kept;
      return left < Math.min(LEAST_SHARE, most - 0.1) ? most : Math.min(most, left);
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
