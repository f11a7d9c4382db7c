import { seededRandom } from '../../../../kernel/index.ts';
import { LEARNERS, type LearnerId, type LearnerParams } from '../../learners/index.ts';
import type { Learner } from '../../learners/learner.ts';
import type { SearchSpace } from '../../learners/search-space.ts';
import { paramsForRareClasses } from '../decision/rare-classes.ts';
import { forMetric } from '../follow-metric.ts';
import type { Plan } from '../plan.ts';
import type { SearchConfiguration } from '../search-configuration.ts';
import type { SearchState } from '../search-state.ts';
import type { Candidate, Race } from './candidate.ts';
import { PORTFOLIO, portfolioOf } from './portfolio.ts';
import { type Observation, suggestParams } from './tree-parzen.ts';
import { variedBy } from './unit-space.ts';

/** A candidate, why it is tried, and whether it must win its way from fold to fold. */
export type SuggestedTrial = {
  candidate: Candidate;
  why: string;
  race: Race;
};

/** What became of a candidate: the earliest look at it that all have is what they are compared by. */
export type Known = { candidate: Candidate; loss: number };

/** Learning rates are never raised above this. */
const FASTEST_RATE = 0.3;

/** Share of the guided trials that go to the learner that is best so far. */
const BEST_LEARNERS_SHARE = 0.7;

/** Other learners are looked at as long as their best is no worse than this times the best of all. */
const NEAR = 1.2;

/** Learners of which the first trial is fitted on every fold, so that each leaderboard shows what they can do. */
const ALWAYS_SHOWN: readonly LearnerId[] = ['boosted-trees', 'linear'];

/** Says what to try next: the portfolio in order, then what a model of the trials so far suggests. */
export function suggestTrials(state: SearchState, plan: Plan, goal: SearchConfiguration) {
  const waiting = portfolioFor(state, goal)
    .map((candidate) => forMetric(candidate, state.selection, goal))
    .map((candidate) => hastened(candidate, plan.learningRateMultiplier));
  const size = waiting.length;
  let begun = 0;
  return {
    /** Takes those out that were tried before. */
    skip(tried: readonly Candidate[]): void {
      const keys = new Set(tried.map(keyOf));
      const last = waiting.findLastIndex((candidate) => keys.has(keyOf(candidate)));
      begun += last + 1;
      waiting.splice(0, last + 1);
    },
    /** The next that there is time for; null when there is none. `number` makes the draw its own. */
    next(
      number: number,
      known: readonly Known[],
      isAffordable: (candidate: Candidate) => boolean,
    ): SuggestedTrial | null {
      const at = waiting.findIndex(isAffordable);
      if (at >= 0) {
        const [candidate] = waiting.splice(0, at + 1).slice(-1);
        begun += at + 1;
        const isAlwaysShown = ALWAYS_SHOWN.includes(candidate!.learner);
        const isFirst = !known.some((one) => one.candidate.learner === candidate!.learner);
        const race = begun === 1 || (isAlwaysShown && isFirst) ? 'none' : 'lenient';
        return { candidate: candidate!, why: whyPortfolio(goal, begun, size), race };
      }
      const guided = guidedCandidate(state, plan, goal, known, number);
      return guided && isAffordable(guided.candidate) ? guided : null;
    },
  };
}

function whyPortfolio(goal: SearchConfiguration, place: number, size: number): string {
  if (goal.params && size === 1 && !goal.space) return 'the parameters asked for';
  if (goal.learner !== undefined && place === 1) return 'where the search begins: the defaults';
  return `portfolio ${place} of ${size}: settings that do well on many tables`;
}

/** What is tried before anything is known. Where parameters or a space are given, only the point to begin at. */
function portfolioFor({ data }: SearchState, goal: SearchConfiguration): Candidate[] {
  const { learner, params = {} } = goal;
  if (learner === undefined) {
    const fitting = portfolioOf(data);
    const rare = paramsForRareClasses(data);
    const first = rare === undefined ? fitting : withRareClasses(fitting, rare);
    return data.texts === undefined ? first : withoutTexts(first);
  }
  const first: Candidate = { learner, params: { ...LEARNERS[learner].defaults, ...params } };
  if (goal.params || goal.space) return [first];
  const own = PORTFOLIO.filter((one) => one.learner === learner);
  return own.length > 0 ? own : [first];
}

/** The first of the portfolio again without what texts say, so that texts are only used where they pay. */
function withoutTexts(portfolio: readonly Candidate[]): Candidate[] {
  const blind = ALWAYS_SHOWN.flatMap((learner) => portfolio.find((one) => one.learner === learner) ?? []).map(
    ({ learner, params }) => ({ learner, params: { ...params, text: false } }),
  );
  return [...portfolio.slice(0, 3), ...blind, ...portfolio.slice(3)];
}

/** Plain boosted trees again, rare classes counting more, after the first few. */
function withRareClasses(portfolio: readonly Candidate[], rare: LearnerParams): Candidate[] {
  const learner = 'boosted-trees';
  const params = { ...LEARNERS[learner].defaults, ...rare };
  return [...portfolio.slice(0, 3), { learner, params }, ...portfolio.slice(3)];
}

function guidedCandidate(
  state: SearchState,
  plan: Plan,
  goal: SearchConfiguration,
  known: readonly Known[],
  number: number,
): SuggestedTrial | null {
  const random = seededRandom(state.seed + 7919 * number);
  const learner = goal.learner ?? learnerToTry(known, random);
  if (learner === undefined) return null;
  const space = spaceOf(learner, goal);
  if (variedBy(space).length === 0) return null;
  const observations = known
    .filter((one) => one.candidate.learner === learner)
    .map(({ candidate, loss }): Observation => ({ params: candidate.params, loss }));
  const params = {
    ...LEARNERS[learner].defaults,
    ...goal.params,
    ...suggestParams(space, observations, random),
  };
  const told = forMetric({ learner, params }, state.selection, goal);
  const candidate = goal.space ? told : hastened(told, plan.learningRateMultiplier);
  const why = `suggested by what ${observations.length} trials of ${LEARNERS[learner].label.toLowerCase()} showed`;
  return { candidate, why, race: 'strict' };
}

/** Mostly the one that is best so far, sometimes another that is near it. */
function learnerToTry(known: readonly Known[], random: () => number): LearnerId | undefined {
  const best = new Map<LearnerId, number>();
  for (const { candidate, loss } of known) {
    if (variedBy(LEARNERS[candidate.learner].space as SearchSpace).length === 0) continue;
    best.set(candidate.learner, Math.min(loss, best.get(candidate.learner) ?? Number.POSITIVE_INFINITY));
  }
  const [first, ...others] = [...best].sort((a, b) => a[1] - b[1]);
  if (first === undefined) return undefined;
  const near = others.filter(([, loss]) => loss <= first[1] * NEAR);
  if (near.length === 0 || random() < BEST_LEARNERS_SHARE) return first[0];
  return near[Math.floor(random() * near.length)]![0];
}

/** The given space, or the learner's own without what is fixed. */
function spaceOf(learner: LearnerId, { space, params = {} }: SearchConfiguration): SearchSpace {
  if (space) return space;
  const own = (LEARNERS[learner] as Learner).space;
  return Object.fromEntries(Object.entries(own).filter(([name]) => !Object.hasOwn(params, name)));
}

function hastened(candidate: Candidate, learningRateMultiplier: number): Candidate {
  const rate = candidate.params.learningRate;
  if (typeof rate !== 'number' || learningRateMultiplier === 1) return candidate;
  const learningRate = Math.min(FASTEST_RATE, Number((rate * learningRateMultiplier).toPrecision(4)));
  return { ...candidate, params: { ...candidate.params, learningRate } };
}

function keyOf({ learner, params }: Candidate): string {
  return JSON.stringify([learner, Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
