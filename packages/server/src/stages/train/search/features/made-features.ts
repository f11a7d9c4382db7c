import { isFailure } from '@slipway/contract';
import { findRecipes, type RecipeGroup } from '../../making/find-recipes.ts';
import { findIngredients } from '../../making/ingredients.ts';
import { isRoomToMake, type MadeData, makeData } from '../../making/made-data.ts';
import type { MakingInputs } from '../../making/making-inputs.ts';
import { type Comparison, pairedComparison } from '../../making/paired-comparison.ts';
import { rowsToLookAt } from '../../making/screen-recipes.ts';
import type { JournalEntry, TrialJournal } from '../../ports.ts';
import { meanOf } from '../ensemble/mean-of.ts';
import { heldOutResiduals } from '../held-out-residuals.ts';
import { type OpenTrial, secondsOf } from '../open-trial.ts';
import type { Plan } from '../plan.ts';
import { compareTrials } from '../pruning/compare-trials.ts';
import type { SearchConfiguration } from '../search-configuration.ts';
import type { SearchState } from '../search-state.ts';
import type { Candidate } from '../suggest/candidate.ts';
import { bestOf, otherWithMade, TREE_LEARNERS } from '../suggest/other-learners.ts';
import type { SuggestedTrial } from '../suggest/suggest-trials.ts';
import type { Allowance } from '../time-for.ts';
import { affordableGroups } from './affordable-groups.ts';

/** Share of the budget that finding out whether features pay may be expected to take. */
const TESTING_SHARE = 0.2;

/** A fit takes longer with more features, by more than their share: they have many values. */
const COST_FACTOR = 1.3;

/** With fewer rows a gain cannot be told from luck. */
const LEAST_ROWS = 500;

/** Trials asked for that leave none for tests. */
const FEW_TRIALS = 3;

/** Folds after which a group that has not helped on average is given up. */
const HOPELESS_FOLDS = 2;

/** A group of features that was tried, and what came of it. */
export type MadeTest = { of: RecipeGroup['of']; features: string[]; comparison: Comparison };

export type MadeFeaturesOptions = {
  state: SearchState;
  plan: Plan;
  goal: SearchConfiguration;
  inputs: MakingInputs;
  allowance: Allowance;
  concurrency: number;
  journal: TrialJournal;
  groups: Int32Array | undefined;
  /** Lets fits see the features of the data. */
  open(data: MadeData): Promise<void>;
  /** Told that no fit will see them any more. */
  retire(): void;
};

/**
 * Features made for the model where validation says that they pay. Once the first trial is done, what it missed says
 * which features might help (`making/`); then each group of them is tried with the same learner, parameters and folds as
 * the best so far, and kept when it does better beyond what folds differ by chance. Later trials see what was kept.
 */
export function madeFeatures(options: MadeFeaturesOptions) {
  const { state, plan, goal, inputs, allowance, journal } = options;
  let groups: RecipeGroup[] = [];
  let at = 0;
  let accepted: number[] = [];
  let reference: OpenTrial | undefined;
  let why = whyNot(state, goal);
  const tests: MadeTest[] = [];
  const untold = new Set<RecipeGroup>();
  const recipes = () => groups.flatMap((group) => group.recipes);
  const numbersOf = (index: number) => {
    const before = groups.slice(0, index).reduce((sum, group) => sum + group.recipes.length, 0);
    return groups[index]!.recipes.map((_, i) => before + i);
  };
  const tried = () => (at < groups.length ? [...accepted, ...numbersOf(at)] : undefined);
  const isTest = ({ candidate, race }: Pick<OpenTrial, 'candidate' | 'race'>) =>
    race === 'none' && candidate.made !== undefined && sameNumbers(candidate.made, tried());

  const openData = async (made: readonly RecipeGroup[]) => {
    const own = made.flatMap((group) => group.recipes);
    const folds = [...Array.from({ length: plan.folds }, (_, fold) => fold), state.whole];
    if (state.sampled !== null) folds.push(state.sampled);
    const { seed, forward } = state;
    const how = { seed, forward, groups: options.groups };
    await options.open(makeData(state.data, own, inputs, state.folds, folds, how));
  };

  /** Whether it was done. The model can do without made features, so what goes wrong with them ends no training. */
  const attempt = async (make: () => Promise<void>): Promise<boolean> => {
    try {
      await make();
      return true;
    } catch (thrown) {
      if (isFailure(thrown, 'job.cancelled')) throw thrown;
      why = `they could not be made: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      return false;
    }
  };

  return {
    /** Looks for features once the first trial is done, and gives back what is needed no more once they are tried. */
    async consider(first: OpenTrial): Promise<void> {
      if (groups.length > 0 && at >= groups.length && accepted.length === 0) options.retire();
      if (why !== undefined || reference !== undefined || first.number !== 1 || first.state !== 'done')
        return;
      reference = first;
      const expected = COST_FACTOR * (secondsOf(first) / Math.min(plan.folds, options.concurrency));
      const allowed = TESTING_SHARE * allowance.budget.seconds;
      let inTime: RecipeGroup[] = [];
      const isMade = await attempt(async () => {
        const found = expected > allowed ? [] : search(first);
        inTime = affordableGroups(found, expected, allowed, state);
        if (inTime.length > 0) return openData(inTime);
        why = expected <= allowed && found.length === 0 ? 'none showed promise' : NO_ROOM;
      });
      if (!isMade || inTime.length === 0) return;
      await journal.append({ kind: 'made', groups: inTime, elapsed: allowance.budget.elapsed() });
      // Not before: another lane would begin a test that sees none of them yet.
      groups = inTime;
    },

    /** Goes on from where a former life of the search was. */
    restore(entry: Extract<JournalEntry, { kind: 'made' }>, first: OpenTrial | undefined): void {
      reference = first;
      groups = entry.groups;
    },
    /** Whether fits see what they saw in the former life. If not, no more are made; models that read some stay. */
    async reopen(): Promise<boolean> {
      if (groups.length === 0 || (at >= groups.length && accepted.length === 0)) return true;
      if (await attempt(() => openData(groups))) return true;
      accepted = [];
      at = groups.length;
      return false;
    },

    /** The trial that says whether the next group pays; null while one runs or when there is none. */
    next(begun: readonly OpenTrial[]): SuggestedTrial | null {
      const made = tried();
      if (made === undefined) return reference && accepted.length > 0 ? otherWithMade(begun, accepted) : null;
      if (reference === undefined || begun.some((trial) => trial.state === 'running' && isTest(trial)))
        return null;
      const { learner, params } = reference.candidate;
      const names = groups[at]!.recipes.map(({ name }) => name);
      return {
        candidate: { learner, params, made },
        why: `do features made of ${groups[at]!.of} pay: ${listed(names)}`,
        race: 'none',
      };
    },

    /** The candidate with what was found to pay, where it is for its learner. */
    dress({ candidate, race }: SuggestedTrial, begun: readonly OpenTrial[]): Candidate {
      if (accepted.length === 0) return candidate;
      const isHelped =
        TREE_LEARNERS.includes(candidate.learner) ||
        candidate.learner === reference?.candidate.learner ||
        (race === 'strict' && bestOf(candidate.learner, begun)?.candidate.made !== undefined);
      return isHelped ? { ...candidate, made: accepted } : candidate;
    },

    /** Why a test need not go on; undefined when it is none or may still turn out well. */
    whyHopeless(trial: OpenTrial): string | undefined {
      if (!isTest(trial) || reference === undefined || trial.looks.size < HOPELESS_FOLDS) return undefined;
      const gains = [...trial.looks].map(([fold, loss]) => reference!.looks.get(fold)! - loss);
      return meanOf(gains) < 0 ? 'the features did not help on the first folds' : undefined;
    },

    /** Why a test that is done is not kept; undefined when it is, or is none. */
    whyNoGain(trial: OpenTrial): string | undefined {
      if (!isTest(trial) || reference === undefined) return undefined;
      const comparison = compareTrials(state, plan, reference, trial, options.groups);
      if (comparison === undefined) {
        untold.add(groups[at]!);
        return 'the features could not be compared: too few parts of the rows have a value of the metric';
      }
      if (!comparison.pays) return 'the features did not pay: the gain is within chance';
      tests.push(testOf(groups[at]!, comparison));
      accepted = tried()!;
      reference = trial;
      at++;
      return undefined;
    },

    /** Takes in that a trial was given up. */
    gaveUp(trial: OpenTrial): void {
      if (!isTest(trial) || reference === undefined) return;
      const both = [reference, trial];
      const folds = [...trial.looks.keys()].filter(
        (fold) => fold < plan.folds && both.every(({ looks }) => Number.isFinite(looks.get(fold))),
      );
      const [before, after] = both.map(({ looks }) => folds.map((fold) => looks.get(fold)!));
      if (folds.length === 0) untold.add(groups[at]!);
      if (!untold.has(groups[at]!))
        tests.push(testOf(groups[at]!, { ...pairedComparison(before!, after!), pays: false }));
      at++;
    },

    outcome: () => ({
      recipes: recipes(),
      accepted,
      tests,
      untold: [...untold].map(({ of }) => of),
      whyNot: why,
    }),
  };

  function search(first: OpenTrial): RecipeGroup[] {
    const heldOut = state.folds.slice(0, plan.folds).flatMap(({ validation }) => Array.from(validation));
    const rows = rowsToLookAt(Int32Array.from(heldOut).sort());
    const importance = meanImportance(first, plan);
    return findRecipes(
      findIngredients(inputs, importance),
      heldOutResiduals(state, first.margins, rows),
      inputs,
    );
  }
}

export type MadeFeatures = ReturnType<typeof madeFeatures>;

const NO_ROOM = 'the budget has no room for them';

function whyNot({ data }: SearchState, goal: SearchConfiguration): string | undefined {
  if (data.features.rows < LEAST_ROWS)
    return `${data.features.rows} rows are too few to tell a gain from chance`;
  if (!isRoomToMake(data.features.rows, data.features.columns.length))
    return 'the data is too large to be held in memory a second time';
  if ((goal.trials ?? Number.POSITIVE_INFINITY) <= FEW_TRIALS)
    return 'the number of trials asked for leaves none for them';
  const constraints = goal.params?.monotoneConstraints;
  if (Array.isArray(constraints) && constraints.length > 0)
    return 'what is made of a column could break the constraints on it';
  return undefined;
}

function testOf({ of, recipes }: RecipeGroup, comparison: Comparison): MadeTest {
  return { of, features: recipes.map(({ name }) => name), comparison };
}

function meanImportance(trial: OpenTrial, plan: Plan): Float64Array {
  const fits = [...trial.fits].flatMap(([fold, fit]) => (fold < plan.folds ? [fit] : []));
  const sum = new Float64Array(fits[0]!.importance.length);
  for (const { importance } of fits) {
    importance.forEach((value, f) => {
      sum[f]! += value;
    });
  }
  return sum;
}

function sameNumbers(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Names that are listed before "and … more". */
const LISTED = 4;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${more} more` : names.join(', ');
}
