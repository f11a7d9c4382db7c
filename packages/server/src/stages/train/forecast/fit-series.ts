import { factsOf, type Standing } from './backtest.ts';
import { normalised, type Weights } from './ensemble/weigh-members.ts';
import type { LocalModelId, LocalState, MemberId, Series, SeriesModel, TreesId } from './model.ts';
import { localModel } from './models/index.ts';
import { standardOf } from './trees/origin.ts';

export type SeriesFit = {
  horizon: number;
  weights: Weights;
  /** Trees that were fitted. */
  trees: ReadonlySet<TreesId>;
  /** Values before the end that trees look back to. */
  lookBack: number;
  hurried: ReadonlySet<LocalModelId>;
  /** Models to be moved on by the newest values instead of fitted anew. */
  before: Partial<Record<LocalModelId, Standing | undefined>>;
  spread: number;
};

/** Values that a series must have more than, for trees to speak of it. */
const LEAST_FOR_TREES = 8;

/** Fits the members of one series that count, up to the end of its values. */
export function fitSeries(series: Series, fit: SeriesFit): SeriesModel {
  const { states, weights } = fitMembers(series, fit);
  const end = series.start + series.values.length - 1;
  const tail = Array.from(series.values.slice(-fit.lookBack));
  const knownFrom = end - tail.length + 1;
  return {
    key: series.key,
    end,
    tail,
    recent: [],
    states,
    weights,
    spread: fit.spread,
    isNonNegative: factsOf(series.values, []).isNonNegative,
    fixed: series.fixed.map(orNull),
    ...standardOf(series.values),
    knownFrom,
    known: series.known.map((values) => Array.from(values.slice(knownFrom - series.start), orNull)),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** One that does not suit gives its share to the others, at least to the naive ones. */
function fitMembers(series: Series, { weights, trees, hurried, before, horizon }: SeriesFit) {
  const states: Partial<Record<LocalModelId, LocalState>> = {};
  const kept: Weights = {};
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    if (isTrees(member)) {
      if (trees.has(member) && series.values.length > LEAST_FOR_TREES) kept[member] = weight;
      continue;
    }
    const model = localModel(member);
    const facts = factsOf(series.values, series.seasons, hurried.has(member));
    if (!model.suits(series.values.length, facts)) continue;
    const known = before[member];
    const state = known
      ? model.advance(known.state, series.values.slice(known.seen))
      : model.fit(series.values, facts);
    if (!model.project(state, horizon).every(Number.isFinite)) continue;
    states[member] = state;
    kept[member] = weight;
  }
  if (Object.keys(kept).length === 0) {
    const facts = factsOf(series.values, series.seasons);
    const last = localModel('seasonal-naive').suits(series.values.length, facts) ? 'seasonal-naive' : 'naive';
    states[last] = localModel(last).fit(series.values, facts);
    kept[last] = 1;
  }
  return { states, weights: normalised(kept) };
}

function isTrees(member: MemberId): member is TreesId {
  return member === 'global-trees' || member === 'level-trees' || member === 'residual-trees';
}
