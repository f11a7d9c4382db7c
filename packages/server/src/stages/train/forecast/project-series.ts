import { levelGrowth } from './intervals/level-growth.ts';
import { widthAt } from './intervals/seasonal-widths.ts';
import type { ForecastModel, LocalModelId, LocalState, MemberId, SeriesModel, TreesId } from './model.ts';
import { localModel } from './models/index.ts';
import { summed } from './trees/origin.ts';
import { projectTrees } from './trees/project-trees.ts';
import type { TreeSeries } from './trees/tree-rows.ts';

/** A forecast of one series: `values[k]` belongs to step `from + k`. */
export type Projection = {
  from: number;
  values: Float64Array;
  /** Of each level, rising. */
  intervals: { level: number; lower: Float64Array; upper: Float64Array }[];
};

/** Values of known covariates that a caller tells, instead of those in the model; NaN is missing. */
export type KnownValues = (covariate: number, step: number) => number | undefined;

/**
 * The next `steps` values of each series with their intervals, at most `model.horizon`. Every part is a weighted mean
 * of its members, so the same series and steps give the same numbers, whoever asks.
 */
export function projectSeries(
  model: ForecastModel,
  series: readonly SeriesModel[],
  steps: number,
  told?: KnownValues,
): Projection[] {
  const byTrees = new Map(
    TREE_MEMBERS.map((id) => [id as MemberId, treesOf(model, id, series, steps, told)]),
  );
  return series.map((one) => {
    const values = weighted(one, steps, (member) => {
      const trees = byTrees.get(member);
      return trees === undefined ? project(one, member as LocalModelId, steps) : trees.get(one);
    });
    return withIntervals(model, one, values);
  });
}

function project(series: SeriesModel, member: LocalModelId, steps: number): Float64Array | undefined {
  const state = series.states[member];
  if (state === undefined) return undefined;
  const model = localModel(member);
  return model.project(moved(series, member, state), steps);
}

function moved(series: SeriesModel, member: LocalModelId, state: LocalState): LocalState {
  if (series.recent.length === 0) return state;
  return localModel(member).advance(state, Float64Array.from(series.recent));
}

function weighted(
  { weights }: SeriesModel,
  steps: number,
  said: (member: MemberId) => Float64Array | undefined,
): Float64Array {
  const sum = new Float64Array(steps);
  let total = 0;
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    const values = said(member);
    if (values === undefined || !values.every(Number.isFinite)) continue;
    values.forEach((value, k) => {
      sum[k]! += weight * value;
    });
    total += weight;
  }
  return sum.map((value) => value / total);
}

function withIntervals(model: ForecastModel, series: SeriesModel, values: Float64Array): Projection {
  const floor = series.isNonNegative ? 0 : Number.NEGATIVE_INFINITY;
  const kept = values.map((value) => Math.max(floor, value));
  return { from: firstStepOf(series), values: kept, intervals: intervalsOf(model, series, kept) };
}

/** The first step that is not known. */
function firstStepOf({ end, recent }: Pick<SeriesModel, 'end' | 'recent'>): number {
  return end + recent.length + 1;
}

/** The intervals of each level, rising, around the values forecast for the next steps of a series. */
export function intervalsOf(
  model: Pick<ForecastModel, 'growth' | 'intervals' | 'seasonalWidths' | 'seasons'>,
  series: Pick<SeriesModel, 'spread' | 'isNonNegative' | 'end' | 'recent' | 'tail'>,
  values: Float64Array,
): Projection['intervals'] {
  const floor = series.isNonNegative ? 0 : Number.NEGATIVE_INFINITY;
  const spread = series.spread * grownBy(series, model.seasons);
  const from = firstStepOf(series);
  const wide = values.map((_, k) => {
    const growth = model.growth[Math.min(k, model.growth.length - 1)]!;
    return growth * spread * widthAt(model.seasonalWidths, from + k);
  });
  return model.intervals.map(({ level, quantile }) => {
    const width = (k: number) => wide[k]! * quantile;
    return {
      level,
      lower: values.map((value, k) => Math.max(floor, value - width(k))),
      upper: values.map((value, k) => value + width(k)),
    };
  });
}

/** How much larger a series has become by the values known since it was fitted; its errors grow with it. */
function grownBy(
  { isNonNegative, tail, recent }: Pick<SeriesModel, 'isNonNegative' | 'tail' | 'recent'>,
  seasons: readonly number[],
): number {
  if (!isNonNegative || recent.length === 0) return 1;
  return levelGrowth([...tail, ...recent], { from: tail.length, to: tail.length + recent.length }, seasons);
}

const TREE_MEMBERS = ['global-trees', 'level-trees', 'residual-trees'] as const;

/** Where a model keeps its trees. */
const TREES_KEPT = {
  'global-trees': 'trees',
  'level-trees': 'levelTrees',
  'residual-trees': 'residualTrees',
} as const;

/** What trees say about the series that ask them. */
function treesOf(
  model: ForecastModel,
  id: TreesId,
  series: readonly SeriesModel[],
  steps: number,
  told?: KnownValues,
): Map<SeriesModel, Float64Array> {
  const asking = series.filter(({ weights }) => (weights[id] ?? 0) > 0);
  const trees = model[TREES_KEPT[id]] ?? null;
  if (trees === null || asking.length === 0) return new Map();
  const seen = asking.map((one) => treeSeries(one, told));
  const ats = seen.map(({ history }) => history.values.length - 1);
  const said = projectTrees(trees, seen, ats, Math.min(steps, trees.plan.horizon));
  return new Map(asking.map((one, which) => [one, said[which]!]));
}

function treeSeries(series: SeriesModel, told?: KnownValues): TreeSeries {
  const { tail, recent, end, fixed, known, knownFrom } = series;
  return {
    history: summed(Float64Array.from([...tail, ...recent])),
    mean: series.mean ?? 0,
    deviation: series.deviation ?? 1,
    start: end - tail.length + 1,
    fixed: fixed.map((value) => value ?? Number.NaN),
    knownAt: (covariate, step) =>
      told?.(covariate, step) ?? known[covariate]?.[step - knownFrom] ?? Number.NaN,
  };
}

/** A series with more values known, in order from the step after its last one; NaN, a missing one, counts as expected. */
export function withHistory(
  model: ForecastModel,
  series: SeriesModel,
  values: readonly number[],
): SeriesModel {
  const moved = { ...series, recent: [...series.recent] };
  for (const value of values) {
    moved.recent.push(Number.isNaN(value) ? projectSeries(model, [moved], 1)[0]!.values[0]! : value);
  }
  return moved;
}
