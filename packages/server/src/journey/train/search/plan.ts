import { LEARNERS } from '../learners/index.ts';
import type { TrialPool } from '../ports.ts';
import type { Budget } from './budget.ts';
import type { SearchState } from './search-state.ts';

/** How thoroughly the budget allows to search. */
export type Plan = {
  /** How many of the folds are fitted. */
  folds: number;
  /** What learning rates are multiplied by: a hurry learns in bigger steps. */
  haste: number;
};

/** Share of the budget that the first trees may be expected to take. */
const FIRST_SHARE = 0.3;

/** Rounds of the probe; the first are slower than the rest, which errs on the safe side. */
const PROBE_ROUNDS = 6;

/** Rounds until boosting stops are about this over the learning rate. */
const ROUNDS_TIMES_RATE = 11;

/**
 * Times a few rounds of boosting and chooses the most thorough plan whose first trees fit in their share: all folds
 * with small steps at best, one fold with large steps when there is much data and little time.
 */
export async function planSearch(state: SearchState, pool: TrialPool, budget: Budget): Promise<Plan> {
  const options = plansFor(state.whole);
  if (!Number.isFinite(budget.seconds)) return options[0]!;
  const { defaults } = LEARNERS['boosted-trees'];
  const params = { ...defaults, rounds: PROBE_ROUNDS };
  const probe = await pool.run({
    learner: 'boosted-trees',
    params,
    fold: 0,
    seed: state.seed,
    seconds: budget.leftUntil(0.3),
  });
  const perRound = probe.seconds / Math.max(1, probe.curve.length);
  const affordable = FIRST_SHARE * budget.seconds;
  const seconds = ({ folds, haste }: Plan) => {
    const perFit = (perRound * ROUNDS_TIMES_RATE) / (Number(defaults.learningRate) * haste);
    return perFit * Math.ceil(folds / Math.min(folds, pool.concurrency));
  };
  return options.find((plan) => seconds(plan) <= affordable) ?? options[options.length - 1]!;
}

/** From the most thorough to the quickest. */
function plansFor(folds: number): Plan[] {
  const few = Math.min(3, folds);
  return [
    { folds, haste: 1 },
    { folds, haste: 1.6 },
    { folds: few, haste: 1.6 },
    { folds: few, haste: 2.4 },
    { folds: Math.min(2, folds), haste: 2.4 },
    { folds: Math.min(2, folds), haste: 4 },
    { folds: 1, haste: 4 },
  ];
}
