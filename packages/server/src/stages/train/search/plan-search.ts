import { LEARNERS } from '../learners/index.ts';
import type { CandidateTrials } from '../making/made-trials.ts';
import type { Budget } from './budget.ts';
import { meanOf } from './ensemble/mean-of.ts';
import type { Plan } from './plan.ts';
import type { SearchConfiguration } from './search-configuration.ts';
import type { SearchState } from './search-state.ts';

/** Share of the budget that the first trees may be expected to take. */
const FIRST_SHARE = 0.35;

/** Share of the budget that each of the two probes takes, unless its first round takes longer. */
const PROBE_SHARE = 0.02;

/** Rounds until boosting stops are about this over the learning rate. */
const ROUNDS_TIMES_RATE = 9;

/** Rows below which every fold is fitted whatever the hurry: a fit takes little, and one fold says little. */
const FEW_ROWS = 3000;

/**
 * Times some rounds of boosting and chooses the most thorough plan whose first trees fit in their share: all folds
 * with small steps at best, one fold with large steps when there is much data and little time.
 */
export async function planSearch(
  state: SearchState,
  pool: CandidateTrials,
  budget: Budget,
  goal: SearchConfiguration,
): Promise<Plan> {
  const options = plansFor(state).filter(
    ({ learningRateMultiplier }) => learningRateMultiplier === 1 || !goal.params?.learningRate,
  );
  if (!Number.isFinite(budget.seconds)) return options[0]!;
  await timeRound(state, pool, budget);
  const perRound = await timeRound(state, pool, budget);
  const affordable = FIRST_SHARE * budget.seconds;
  const rate = Number(LEARNERS['boosted-trees'].defaults.learningRate);
  const seconds = ({ folds, learningRateMultiplier }: Plan) => {
    const perFit = (perRound * ROUNDS_TIMES_RATE) / (rate * learningRateMultiplier);
    return perFit * Math.ceil(folds / Math.min(folds, pool.concurrency));
  };
  return options.find((plan) => seconds(plan) <= affordable) ?? quickest(options, seconds);
}

function quickest(options: readonly Plan[], seconds: (plan: Plan) => number): Plan {
  return options.reduce((a, b) => (seconds(b) < seconds(a) ? b : a));
}

/** Seconds of one round with every thread at work; the first call warms the threads up and measures too much. */
async function timeRound(state: SearchState, pool: CandidateTrials, budget: Budget): Promise<number> {
  const params = LEARNERS['boosted-trees'].defaults;
  const seconds = budget.seconds * PROBE_SHARE;
  const task = { learner: 'boosted-trees' as const, params, fold: 0, seed: state.seed, seconds };
  const probes = await Promise.all(Array.from({ length: pool.concurrency }, () => pool.run(task)));
  return meanOf(probes.map((probe) => probe.seconds / Math.max(1, probe.curve.length)));
}

/** From the most thorough to the quickest. */
function plansFor({ whole: all, data }: SearchState): Plan[] {
  const least = data.features.rows < FEW_ROWS ? all : 1;
  return [
    { folds: all, learningRateMultiplier: 1 },
    { folds: all, learningRateMultiplier: 1.6 },
    { folds: Math.max(least, Math.min(3, all)), learningRateMultiplier: 2 },
    { folds: Math.max(least, Math.min(2, all)), learningRateMultiplier: 2.4 },
    { folds: Math.max(least, Math.min(2, all)), learningRateMultiplier: 4 },
    { folds: least, learningRateMultiplier: 4 },
    // Where the learning rate is told it stays.
    { folds: Math.max(least, Math.min(2, all)), learningRateMultiplier: 1 },
    { folds: least, learningRateMultiplier: 1 },
  ];
}
