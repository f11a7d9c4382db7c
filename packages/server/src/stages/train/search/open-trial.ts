import type { TrialFit } from '../ports.ts';
import { meanOf } from './ensemble/mean-of.ts';
import type { Plan } from './plan.ts';
import { primaryLoss } from './primary-loss.ts';
import type { SearchState } from './search-state.ts';
import type { Candidate, Race } from './suggest/candidate.ts';
import type { SuggestedTrial } from './suggest/suggest-trials.ts';
import type { Trial } from './trial.ts';

export type TrialState = 'running' | 'done' | 'stopped' | 'failed';

/** A trial whose fits come in one by one. */
export type OpenTrial = {
  number: number;
  candidate: Candidate;
  why: string;
  race: Race;
  state: TrialState;
  /** Folds to fit, in parts: a raced trial must do well in one part to go on with the next. */
  rungs: number[][];
  rung: number;
  /** Folds whose fit was begun. */
  begun: Set<number>;
  fits: Map<number, TrialFit>;
  /** Loss by the selected metric on each fold that was fitted. */
  looks: Map<number, number>;
  /** Held-out margins over all rows; let go when the trial is stopped. */
  margins: Float64Array;
  /** Why it was stopped, or what went wrong. */
  says: string | null;
};

export function openTrial(
  state: SearchState,
  plan: Plan,
  number: number,
  { candidate, why, race }: SuggestedTrial,
): OpenTrial {
  return {
    number,
    candidate,
    why,
    race,
    state: 'running',
    rungs: rungsFor(state, plan, race),
    rung: 0,
    begun: new Set(),
    fits: new Map(),
    looks: new Map(),
    margins: new Float64Array(0),
    says: null,
  };
}

/** A part of the first fold's rows where rows are many, the first fold, all others. */
function rungsFor({ sampled }: SearchState, plan: Plan, race: Race): number[][] {
  const all = Array.from({ length: plan.folds }, (_, fold) => fold);
  if (race === 'none') return [all];
  const byFolds = [all.slice(0, 1), all.slice(1)].filter((rung) => rung.length > 0);
  return race === 'strict' && sampled !== null ? [[sampled], ...byFolds] : byFolds;
}

/** The next fold to fit of a trial that runs; undefined while it waits for those of its rung. */
export function nextFold({ state, rungs, rung, begun }: OpenTrial): number | undefined {
  return state === 'running' ? rungs[rung]?.find((fold) => !begun.has(fold)) : undefined;
}

export function isRungComplete({ rungs, rung, fits }: OpenTrial): boolean {
  return rungs[rung]!.every((fold) => fits.has(fold));
}

/** Takes in a fit: what it says about the rows it had not seen, and how far off that is. */
export function takeFit(state: SearchState, trial: OpenTrial, fold: number, fit: TrialFit): void {
  const { data, folds, outputs } = state;
  if (trial.margins.length === 0) trial.margins = new Float64Array(data.features.rows * outputs);
  const { validation } = folds[fold]!;
  for (let i = 0; i < validation.length; i++) {
    for (let k = 0; k < outputs; k++)
      trial.margins[validation[i]! * outputs + k] = fit.validationMargins[i * outputs + k]!;
  }
  trial.begun.add(fold);
  trial.fits.set(fold, { ...fit, validationMargins: EMPTY });
  trial.looks.set(fold, primaryLoss(state, trial.margins, validation));
}

const EMPTY = new Float64Array(0);

/** A trial that goes no further. Its margins and models go. */
export function endTrial(trial: OpenTrial, state: 'stopped' | 'failed', says: string): void {
  trial.state = state;
  trial.says = says;
  trial.margins = EMPTY;
  for (const [fold, fit] of trial.fits)
    trial.fits.set(fold, { ...fit, model: { ...fit.model, trees: [], parts: [] } });
}

/** The trial of all folds of the plan. */
export function completeTrial(trial: OpenTrial, plan: Plan): Trial {
  trial.state = 'done';
  const folds = Array.from({ length: plan.folds }, (_, fold) => fold);
  return {
    number: trial.number,
    candidate: trial.candidate,
    fits: folds.map((fold) => trial.fits.get(fold)!),
    losses: folds.map((fold) => trial.looks.get(fold)!),
    margins: trial.margins,
    seconds: secondsOf(trial),
  };
}

export function secondsOf({ fits }: OpenTrial): number {
  return [...fits.values()].reduce((sum, fit) => sum + fit.seconds, 0);
}

/** The loss by which trials are compared that have not all come equally far: the first fold's, else the sample's. */
export function earliestLoss(trial: OpenTrial, sampled: number | null): number | undefined {
  const onFirst = trial.looks.get(0);
  if (onFirst !== undefined || sampled === null) return onFirst;
  return trial.looks.get(sampled);
}

/** Mean loss over the folds of the plan that were fitted; NaN when none was. */
export function lossSoFar(trial: OpenTrial, plan: Plan): number {
  return meanOf([...trial.looks].flatMap(([fold, loss]) => (fold < plan.folds ? [loss] : [])));
}
