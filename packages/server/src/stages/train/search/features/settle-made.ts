import type { MadeFeature } from '../../../prepare/index.ts';
import { settleRecipe } from '../../making/made-data.ts';
import type { MakingInputs } from '../../making/making-inputs.ts';
import type { AdditiveModel } from '../../model.ts';
import { featuresRead, renumberFeatures } from '../../renumber-features.ts';
import type { SearchState } from '../search-state.ts';
import { metricValue } from '../selection.ts';
import type { MadeTest } from './made-features.ts';

/** What came of making features. */
export type MadeOutcome = {
  /** Those that the model reads, with what was learnt for them from all training rows. */
  features: MadeFeature[];
  /** What was tried and whether it paid, in a sentence; empty when nobody gave anything to make features of. */
  says: string;
  /** Each group that was tried, by the selected metric. */
  tests: { of: string; features: string[]; before: number; after: number; pays: boolean }[];
};

type Outcome = {
  recipes: MadeFeature[];
  accepted: number[];
  tests: MadeTest[];
  /** Groups whose trial came to nothing that could be compared. */
  untold: MadeTest['of'][];
  whyNot: string | undefined;
};

/** The model with its made features, and those alone, behind the data's own; what they look up is learnt from the data. */
export function settleRecipes(
  model: AdditiveModel,
  { data }: Pick<SearchState, 'data'>,
  inputs: MakingInputs | undefined,
  recipes: readonly MadeFeature[],
): { model: AdditiveModel; features: MadeFeature[] } {
  if (inputs === undefined) return { model, features: [] };
  const own = data.features.columns.length;
  const read = featuresRead(model).filter((feature) => feature >= own);
  const places = new Map(read.map((feature, place) => [feature, own + place]));
  const features = read.map((feature) => settleRecipe(recipes[feature - own]!, data, inputs));
  return { model: renumberFeatures(model, (feature) => places.get(feature) ?? feature), features };
}

/** What came of making features, of which the model reads some. */
export function madeOutcome(
  state: SearchState,
  features: MadeFeature[],
  outcome: Outcome | undefined,
): MadeOutcome {
  if (outcome === undefined) return { features: [], says: '', tests: [] };
  const tests = outcome.tests.map(({ of, features: names, comparison }) => ({
    of,
    features: names,
    before: metricValue(state.selection, comparison.before),
    after: metricValue(state.selection, comparison.after),
    pays: comparison.pays,
  }));
  return { features, says: sayMade(outcome, features, tests, state.selection.metric.id), tests };
}

function sayMade(
  { whyNot, accepted, untold }: Outcome,
  features: readonly MadeFeature[],
  tests: MadeOutcome['tests'],
  metric: string,
): string {
  if (whyNot !== undefined && features.length === 0) return `No features were made: ${whyNot}.`;
  if (tests.length + untold.length === 0)
    return 'No features were made: the search ended before they were tried.';
  if (accepted.length === 0 && features.length === 0) return sayNoneKept(tests, untold);
  if (features.length === 0) return 'Features that were made paid, yet the best blend does without them.';
  const paid = tests.filter(({ pays }) => pays);
  const from = paid[0]!.before.toPrecision(4);
  const to = paid.at(-1)!.after.toPrecision(4);
  const many = features.length === 1 ? '1 made feature pays' : `${features.length} made features pay`;
  return `${many} (${metric} of the trial that decided: ${from} to ${to}): ${listed(features.map(({ name }) => name))}.`;
}

function sayNoneKept(tests: readonly { of: string }[], untold: readonly string[]): string {
  const tried = `Features made of ${tests.map(({ of }) => of).join(', ')} were tried and did not pay.`;
  const failed = `Whether features made of ${untold.join(', ')} pay could not be told.`;
  return [...(tests.length > 0 ? [tried] : []), ...(untold.length > 0 ? [failed] : [])].join(' ');
}

/** Names that are listed before "and … more". */
const LISTED = 6;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${more} more` : names.join(', ');
}
