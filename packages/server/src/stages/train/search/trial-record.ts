import type { LearnerParams } from '../learners/index.ts';
import { meanOf, standardErrorOf } from './ensemble/mean-of.ts';
import { type OpenTrial, secondsOf, type TrialState } from './open-trial.ts';
import type { Plan } from './plan.ts';
import type { SearchState } from './search-state.ts';
import { metricValue } from './selection.ts';
import { candidateLabel } from './suggest/candidate-label.ts';

/** What is known of a trial: when it begins, as its folds are fitted, and when it is over. */
export type TrialRecord = {
  /** In the order in which trials were begun, from 1. */
  number: number;
  learner: string;
  label: string;
  params: LearnerParams;
  /** Why it is tried. */
  why: string;
  state: TrialState;
  /** Why it was stopped, or what went wrong. */
  says: string | null;
  /** Mean of the selected metric over the folds fitted so far; null before the first. */
  metric: { id: string; mean: number; standardError: number } | null;
  /** Folds fitted, of so many. */
  folds: { done: number; of: number };
  /** Validation loss by round (or strength), one for each fitted fold. */
  curves: number[][];
  /** What it cost: processor seconds of all its fits, and rows learned from, each as often as it was. */
  seconds: number;
  rows: number;
};

export function recordOf(state: SearchState, plan: Plan, trial: OpenTrial): TrialRecord {
  const { learner, params } = trial.candidate;
  const losses = [...trial.looks].flatMap(([fold, loss]) => (fold < plan.folds ? [loss] : []));
  const mean = meanOf(losses);
  const { selection, folds } = state;
  return {
    number: trial.number,
    learner,
    label: candidateLabel(trial.candidate),
    params,
    why: trial.why,
    state: trial.state,
    says: trial.says,
    metric: Number.isFinite(mean)
      ? {
          id: selection.metric.id,
          mean: metricValue(selection, mean),
          standardError: standardErrorOf(losses),
        }
      : null,
    folds: { done: losses.length, of: plan.folds },
    curves: [...trial.fits].flatMap(([fold, fit]) => (fold < plan.folds ? [[...fit.curve]] : [])),
    seconds: secondsOf(trial),
    rows: [...trial.fits.keys()].reduce((sum, fold) => sum + folds[fold]!.train.length, 0),
  };
}
