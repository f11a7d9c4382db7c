import type { TrialFit, TrialPool } from '../ports.ts';
import type { Budget } from './budget.ts';
import { type Candidate, meanOf, type Trial } from './candidate.ts';
import type { Plan } from './plan.ts';
import { primaryLoss, type SearchState } from './search-state.ts';

/** A trial whose fits are still coming in. */
type OpenTrial = { candidate: Candidate; started: number; fits: (TrialFit | undefined)[] };

/**
 * Share of the search's time that one candidate may take while nothing is known of its cost: enough for the first of
 * each kind, so that there always are trees and a linear model.
 */
const FIRST_TIMERS_SHARE: Record<Candidate['learner'], number> = { 'boosted-trees': 0.6, linear: 0.5 };

/** Trials in a row that may fail to better the best before the search ends. */
const IDLE_TRIALS = 8;

/**
 * Fits candidates on the plan's folds, as many at a time as the pool runs, until there are no more, time is up, or
 * nothing has got better for long. Finished trials come in the order in which they were begun.
 */
export async function runCandidates(
  state: SearchState,
  pool: TrialPool,
  plan: Plan,
  queue: readonly Candidate[],
  budget: Budget,
  share: number,
  finished: (trial: Trial) => void,
): Promise<Trial[]> {
  const waiting = [...queue];
  const open: OpenTrial[] = [];
  const trials = new Map<OpenTrial, Trial>();
  const done = () => open.flatMap((trial) => trials.get(trial) ?? []);

  const nextFit = (): { trial: OpenTrial; fold: number } | null => {
    const current = open[open.length - 1];
    if (current && current.started < plan.folds) return { trial: current, fold: current.started++ };
    if (idle(done())) return null;
    const next = waiting.findIndex((candidate) => affordable(candidate, done(), plan, pool, budget, share));
    if (next < 0) return null;
    const trial: OpenTrial = { candidate: waiting[next]!, started: 1, fits: [] };
    waiting.splice(0, next + 1);
    open.push(trial);
    return { trial, fold: 0 };
  };

  const lane = async () => {
    for (let next = nextFit(); next; next = nextFit()) {
      const { trial, fold } = next;
      const { learner, params } = trial.candidate;
      const seconds = secondsFor(trial.candidate, done(), plan, pool, budget, share);
      trial.fits[fold] = await pool.run({ learner, params, fold, seed: state.seed + fold, seconds });
      if (Array.from(trial.fits).filter(Boolean).length < plan.folds) continue;
      const complete = completeTrial(state, trial.candidate, trial.fits as TrialFit[]);
      trials.set(trial, complete);
      finished(complete);
    }
  };
  await Promise.all(Array.from({ length: pool.concurrency }, lane));
  return done();
}

/** Gathers the fits of all folds: what each said about the rows it had not seen, and how far off that was. */
function completeTrial(state: SearchState, candidate: Candidate, fits: TrialFit[]): Trial {
  const { data, folds, outputs } = state;
  const margins = new Float64Array(data.features.rows * outputs);
  const losses = fits.map((fit, f) => {
    const { validation } = folds[f]!;
    validation.forEach((row, i) => {
      for (let k = 0; k < outputs; k++) margins[row * outputs + k] = fit.validationMargins[i * outputs + k]!;
    });
    return primaryLoss(state, margins, validation);
  });
  const seconds = fits.reduce((sum, fit) => sum + fit.seconds, 0);
  return {
    candidate,
    fits: fits.map((fit) => ({ ...fit, validationMargins: EMPTY })),
    losses,
    margins,
    seconds,
  };
}

const EMPTY = new Float64Array(0);

function idle(done: readonly Trial[]): boolean {
  const losses = done.map((trial) => meanOf(trial.losses));
  const best = losses.indexOf(Math.min(...losses));
  return done.length - 1 - best >= IDLE_TRIALS;
}

/** Whether all folds of the candidate should be done in time, by what its kind cost so far. */
function affordable(
  candidate: Candidate,
  done: readonly Trial[],
  plan: Plan,
  pool: TrialPool,
  budget: Budget,
  share: number,
): boolean {
  const expected = expectedSeconds(candidate, done);
  const left = budget.leftUntil(share);
  if (expected === null) return left > 0;
  return (expected * plan.folds) / Math.min(plan.folds, pool.concurrency) <= left;
}

/** Seconds of one fit by the quickest trial of its kind, slower learning taking longer; null when there is none. */
function expectedSeconds(candidate: Candidate, done: readonly Trial[]): number | null {
  const alike = done.filter((trial) => trial.candidate.learner === candidate.learner);
  if (alike.length === 0) return null;
  const rate = (of: Candidate) => Number(of.params.learningRate ?? 1);
  const estimates = alike.map(
    (trial) => (trial.seconds / trial.fits.length) * (rate(trial.candidate) / rate(candidate)),
  );
  return Math.min(...estimates);
}

function secondsFor(
  candidate: Candidate,
  done: readonly Trial[],
  plan: Plan,
  pool: TrialPool,
  budget: Budget,
  share: number,
): number {
  const left = budget.leftUntil(share);
  if (expectedSeconds(candidate, done) !== null) return left;
  const lanes = Math.min(plan.folds, pool.concurrency);
  const most = (budget.seconds * share * FIRST_TIMERS_SHARE[candidate.learner] * lanes) / plan.folds;
  return Math.min(most, left);
}
