import type { CandidateTrials } from '../making/made-trials.ts';
import type { Budget } from './budget.ts';
import type { OpenTrial } from './open-trial.ts';
import type { Plan } from './plan.ts';
import type { Candidate } from './suggest/candidate.ts';

/**
 * Share of the search's time that one candidate may take while nothing is known of its cost: enough for the first of
 * each kind, so that there always are trees and a linear model.
 */
const FIRST_TIMERS_SHARE: Partial<Record<Candidate['learner'], number>> = {
  'boosted-trees': 0.6,
  linear: 0.5,
};

/** Of any other kind. */
const OTHERS_SHARE = 0.25;

/** Share of the budget that the first trial of a search has, also when the budget is spent before it begins. */
const LEAST_SHARE = 0.1;

/** What the search may still spend, and on what. */
export type Allowance = { budget: Budget /** Share of the budget that is the search's. */; share: number };

/** Whether all folds of the candidate should be done in time, by what its kind cost so far. */
export function isAffordable(
  candidate: Candidate,
  known: readonly OpenTrial[],
  plan: Plan,
  pool: CandidateTrials,
  { budget, share }: Allowance,
): boolean {
  const expected = expectedSeconds(candidate, known);
  const left = budget.leftUntil(share);
  if (expected === null) return left > 0;
  return (expected * plan.folds) / Math.min(plan.folds, pool.concurrency) <= left;
}

/** Seconds after which a fit of the candidate must end. */
export function secondsFor(
  candidate: Candidate,
  known: readonly OpenTrial[],
  plan: Plan,
  pool: CandidateTrials,
  { budget, share }: Allowance,
): number {
  const lanes = Math.min(plan.folds, pool.concurrency);
  const isFirst = !known.some(({ state }) => state === 'done');
  const least = isFirst ? (LEAST_SHARE * budget.seconds * lanes) / plan.folds : 0;
  const left = Math.max(budget.leftUntil(share), least);
  if (expectedSeconds(candidate, known) !== null) return left;
  const part = FIRST_TIMERS_SHARE[candidate.learner] ?? OTHERS_SHARE;
  return Math.min((budget.seconds * share * part * lanes) / plan.folds, left);
}

/** Seconds of one fit by the quickest trial of its kind, slower learning taking longer; null when there is none. */
function expectedSeconds(candidate: Candidate, known: readonly OpenTrial[]): number | null {
  const alike = known.filter(
    (trial) => trial.candidate.learner === candidate.learner && trial.state === 'done',
  );
  if (alike.length === 0) return null;
  const rate = (of: Candidate) => Number(of.params.learningRate ?? 1);
  const estimates = alike.map(({ fits, candidate: other }) => {
    const seconds = [...fits.values()].reduce((sum, fit) => sum + fit.seconds, 0) / fits.size;
    return seconds * (rate(other) / rate(candidate));
  });
  return Math.min(...estimates);
}
