import { LEARNERS } from '../learners/index.ts';
import { meanOf } from './mean-of.ts';
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
 * The share of the budget that the search may take, of which as much is kept for a refit on `rows` as the best trials so far
 * would take. Nothing is kept where no refit is wanted (`rows` undefined) or where it would take too much of the search.
 */
export function searchShare(
  state: SearchState,
  budgetSeconds: number,
  rows: number | undefined,
  concurrency: number,
) {
  const { forward, whole, folds } = state;
  const full = forward ? FULL_SHARE.forward : FULL_SHARE.random;
  const rowsOfFit = meanOf(folds.slice(0, whole).map(({ train }) => train.length));
  let best: { loss: number; member: { fits: number; seconds: number } }[] = [];
  return {
    take(trial: OpenTrial, plan: Plan): void {
      if (trial.state !== 'done') return;
      const isOne = forward || LEARNERS[trial.candidate.learner].bagging === 'refit';
      const member = {
        fits: isOne ? 1 : plan.folds,
        seconds: meanOf([...trial.fits.values()].map((fit) => fit.seconds)),
      };
      const found = [...best, { loss: lossSoFar(trial, plan), member }];
      best = found.toSorted((a, b) => a.loss - b.loss).slice(0, BLENDED);
    },
    share(): number {
      if (rows === undefined) return full;
      const members = best.map(({ member }) => member);
      const kept = refitSeconds({ members, folds: whole, rowsOfFit, concurrency }, rows) / budgetSeconds;
      const left = 1 + REFIT_ALLOWANCE - FINISHING_SHARE - (forward ? 1 - full : 0) - kept;
      return left < Math.min(LEAST_SHARE, full - 0.1) ? full : Math.min(full, left);
    },
  };
}
