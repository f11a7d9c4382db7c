import { averageModels } from '../../ensemble-models.ts';
import { LEARNERS } from '../../learners/index.ts';
import type { CandidateTrials } from '../../making/made-trials.ts';
import type { AdditiveModel } from '../../model.ts';
import type { Budget } from '../budget.ts';
import type { SearchState } from '../search-state.ts';
import type { Trial } from '../trial.ts';
import { bagSize, bagWithin } from './bag-size.ts';
import { meanOf } from './mean-of.ts';
import type { Member } from './member.ts';

/** How much longer a fit on all rows takes than one on a fold, with room to spare. */
export const WHOLE_FACTOR = 1.6;

/**
 * The final model of each member of the blend. The fold models are averaged, which is better than any of them, except
 * where rows are in time order, one fold was all there was time for, several are too large, or the learner would have it so: there the
 * member is fitted again on all rows, as long as the folds said, if time allows and nobody said enough.
 */
export async function fitMembers(
  state: SearchState,
  pool: CandidateTrials,
  members: readonly Member[],
  budget: Budget,
  enough: AbortSignal,
  mostLeaves = Number.POSITIVE_INFINITY,
): Promise<AdditiveModel[]> {
  const wantedBag = bagSize(members, mostLeaves);
  const bag = wantedBag === 1 ? bagWithin(members, mostLeaves) : wantedBag;
  let expected = 0;
  const models = members.map(({ trial }) => {
    const seconds = (WHOLE_FACTOR * meanOf(trial.fits.map((fit) => fit.seconds))) / pool.concurrency;
    const wanted = state.forward || wantedBag === 1 || LEARNERS[trial.candidate.learner].bagging === 'refit';
    const left = budget.leftUntil(1) - expected;
    if (!wanted || enough.aborted || seconds * pool.concurrency > left) return bagged(state, trial, bag);
    expected += seconds;
    return fitAgain(state, pool, trial, bag, left);
  });
  return Promise.all(models);
}

function bagged({ forward }: SearchState, { fits }: Trial, bag: number): AdditiveModel {
  // The first fold of rows in time order is the latest one, which saw the most rows.
  return forward ? fits[0]!.model : averageModels(fits.slice(0, bag).map((fit) => fit.model));
}

/** The fit on all rows, or what the folds have where that is cut short. */
async function fitAgain(
  state: SearchState,
  pool: CandidateTrials,
  trial: Trial,
  bag: number,
  seconds: number,
): Promise<AdditiveModel> {
  const { learner, made } = trial.candidate;
  const params = LEARNERS[learner].settle(trial.fits.map((fit) => fit.settled));
  const task = { learner, params, fold: state.whole, seed: state.seed, seconds };
  const fit = await pool.run(made === undefined ? task : { ...task, made });
  return fit.cutShort ? bagged(state, trial, bag) : fit.model;
}
