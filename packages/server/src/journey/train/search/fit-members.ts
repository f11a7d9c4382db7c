import { averageModels } from '../blend-models.ts';
import { LEARNERS } from '../learners/index.ts';
import type { CandidateTrials } from '../making/made-trials.ts';
import type { AdditiveModel } from '../model.ts';
import { bagSize } from './bag-size.ts';
import type { Budget } from './budget.ts';
import { meanOf } from './mean-of.ts';
import type { Member } from './member.ts';
import type { SearchState } from './search-state.ts';

/** How much longer a fit on all rows takes than one on a fold, with room to spare. */
const WHOLE_FACTOR = 1.6;

/**
 * The final model of each member of the blend. The fold models are averaged, which is better than any of them, except
 * where rows are in time order, one fold was all there was time for, or the learner would have it so: there the member is fitted again on all rows,
 * as long as the folds said, if time allows and nobody said enough.
 */
export async function fitMembers(
  state: SearchState,
  pool: CandidateTrials,
  members: readonly Member[],
  budget: Budget,
  enough: AbortSignal,
  mostLeaves = Number.POSITIVE_INFINITY,
): Promise<AdditiveModel[]> {
  const bag = bagSize(members, mostLeaves);
  return Promise.all(members.map((member) => fitMember(state, pool, member, bag, budget, enough)));
}

async function fitMember(
  state: SearchState,
  pool: CandidateTrials,
  { trial }: Member,
  bag: number,
  budget: Budget,
  enough: AbortSignal,
): Promise<AdditiveModel> {
  const { learner, made } = trial.candidate;
  // The first fold of rows in time order is the latest one, which saw the most rows.
  const bagged = () =>
    state.forward ? trial.fits[0]!.model : averageModels(trial.fits.slice(0, bag).map((fit) => fit.model));
  const again = state.forward || trial.fits.length === 1 || LEARNERS[learner].bagging === 'refit';
  const expected = WHOLE_FACTOR * meanOf(trial.fits.map((fit) => fit.seconds));
  const left = budget.leftUntil(1);
  if (!again || enough.aborted || expected > left) return bagged();
  const params = LEARNERS[learner].settle(trial.fits.map((fit) => fit.settled));
  const task = { learner, params, fold: state.whole, seed: state.seed, seconds: left };
  const fit = await pool.run(made === undefined ? task : { ...task, made });
  return fit.cutShort ? bagged() : fit.model;
}
