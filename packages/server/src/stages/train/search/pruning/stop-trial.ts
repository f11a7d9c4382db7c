import { LEARNERS } from '../../learners/index.ts';
import { standardErrorOf } from '../ensemble/mean-of.ts';
import { lossSoFar, type OpenTrial } from '../open-trial.ts';
import type { Plan } from '../plan.ts';
import { primaryLoss } from '../primary-loss.ts';
import type { SearchState } from '../search-state.ts';
import type { CurveReference } from './learning-curve-pruner.ts';

/** One in so many goes on from a part of the folds to the next (asynchronous successive halving, Li et al. 2020). */
const REDUCTION = 3;

/** How far behind the best look, as a share of what the best gained over the constant baseline, a trial may be. */
const BEHIND = { lenient: 0.15, strict: 0.05 };

/** The same as a share of how much the folds of one trial differ: less than that may be the luck of a fold. */
const CHANCE = { lenient: 0.5, strict: 0.25 };

/**
 * Why a raced trial does not go on after the part of its folds that is done; undefined when it does. A portfolio trial
 * only has to be near the best, since a blend gains from what errs differently; a guided one must be among the best third.
 */
export function whyStopped(
  state: SearchState,
  trial: OpenTrial,
  others: readonly OpenTrial[],
): string | undefined {
  if (trial.race === 'none') return undefined;
  const fold = trial.rungs[trial.rung]![0]!;
  const own = trial.looks.get(fold)!;
  const looks = others.flatMap((other) => other.looks.get(fold) ?? []).filter(Number.isFinite);
  if (looks.length === 0 || !Number.isFinite(own)) return undefined;
  const best = Math.min(...looks);
  const gained = baselineLoss(state, fold) - best;
  const allowed = Math.max(BEHIND[trial.race] * gained, CHANCE[trial.race] * spreadOf(others));
  if (gained > 0 && own > best + allowed) return `far behind the best after ${partInWords(state, fold)}`;
  const better = looks.filter((loss) => loss < own).length;
  const places = Math.max(2, Math.ceil((looks.length + 1) / REDUCTION));
  if (trial.race === 'strict' && better >= places)
    return `not among the best ${places} of ${looks.length + 1} after ${partInWords(state, fold)}`;
  return undefined;
}

/** Standard deviation of the losses over the folds of the trial that has most of them; 0 while none has two. */
function spreadOf(others: readonly OpenTrial[]): number {
  const most = others.toSorted((a, b) => b.looks.size - a.looks.size)[0];
  const losses = [...(most?.looks.values() ?? [])];
  return standardErrorOf(losses) * Math.sqrt(losses.length);
}

function partInWords({ sampled }: SearchState, fold: number): string {
  return fold === sampled ? 'a quarter of the rows of one fold' : 'one fold';
}

/** What always answering the same would score on the fold. */
function baselineLoss(state: SearchState, fold: number): number {
  const { data, objective, outputs, folds } = state;
  const { train, validation } = folds[fold]!;
  const base = objective.base(data.target, data.weights, train, outputs);
  const margins = new Float64Array(data.features.rows * outputs);
  for (const row of validation) margins.set(base, row * outputs);
  return primaryLoss(state, margins, validation);
}

/**
 * The curve that a guided fit is held against: that of the best finished trial of its learner on the same fold. Trials of
 * the portfolio are let run: what errs differently may look bad for long and still make the blend better.
 */
export function referenceFor(
  trial: OpenTrial,
  fold: number,
  others: readonly OpenTrial[],
  plan: Plan,
): CurveReference | undefined {
  if (trial.race !== 'strict' || typeof LEARNERS[trial.candidate.learner].defaults.learningRate !== 'number')
    return undefined;
  const alike = others
    .filter((other) => other.state === 'done' && other.candidate.learner === trial.candidate.learner)
    .sort((a, b) => lossSoFar(a, plan) - lossSoFar(b, plan));
  const curve = alike[0]?.fits.get(fold)?.curve;
  if (curve === undefined || curve.length === 0) return undefined;
  return { curve, rate: Number(alike[0]!.candidate.params.learningRate) };
}
