import { factsOf } from './backtest.ts';
import { type BacktestCase, normalised, type Weights } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { elapsed, tell, UNTIL, type Work } from './forecast-work.ts';
import { conformalIntervals } from './intervals/conformal.ts';
import type { ForecastModel, LocalModelId, LocalState, MemberId, Series, SeriesModel } from './model.ts';
import { localModel } from './models/index.ts';
import type { TreeFit } from './trees/fit-trees.ts';
import { mostHistory, planTrees } from './trees/tree-plan.ts';

const DEFAULT_LEVELS = [0.8, 0.95] as const;

/** Fits the members that count on all values, and puts the model together. */
export function fitAll(work: Work, weights: readonly Weights[], trees: TreeFit | undefined): ForecastModel {
  const { set, levels = DEFAULT_LEVELS } = work.request;
  const plan = planTrees(set.frequency, set.seasons, set.horizon, set.covariates);
  const conformal = conformalIntervals(errorsOf(work, weights), set.horizon, levels);
  const fixed = set.covariates.filter(({ use }) => use === 'static').length;
  return {
    frequency: set.frequency,
    seasons: set.seasons,
    horizon: set.horizon,
    covariates: set.covariates,
    trees: trees === undefined ? null : { model: trees.model, plan },
    growth: conformal.growth,
    intervals: conformal.intervals,
    series: set.series.map((series, index): SeriesModel => {
      if (index % 50 === 0)
        tell(work, Math.min(UNTIL.all, elapsed(work) / work.request.budgetSeconds), 'fitting on all values');
      const { end, tail, knownFrom } = endOf(series, mostHistory(plan));
      const { states, weights: own } = fitOne(work, series, weights[index]!, trees !== undefined);
      return {
        key: series.key,
        end,
        tail,
        recent: [],
        states,
        weights: own,
        spread: conformal.spreads[index]!,
        isNonNegative: factsOf(series.values, []).isNonNegative,
        fixed: series.fixed.slice(0, fixed).map(orNull),
        knownFrom,
        known: series.known.map((values) => Array.from(values.slice(knownFrom - series.start), orNull)),
      };
    }),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function endOf({ start, values }: Series, most: number) {
  const end = start + values.length - 1;
  const tail = Array.from(values.slice(-most));
  return { end, tail, knownFrom: end + 1 };
}

/** Fits the members of one series; one that does not suit gives its share to the others, at least to the naive ones. */
function fitOne(work: Work, series: Series, weights: Weights, hasTrees: boolean) {
  const states: Partial<Record<LocalModelId, LocalState>> = {};
  const kept: Weights = {};
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    if (member === 'global-trees') {
      if (hasTrees && series.values.length > 8) kept[member] = weight;
      continue;
    }
    const model = localModel(member);
    const facts = factsOf(series.values, series.seasons, work.hurried.has(member));
    if (!model.suits(series.values.length, facts)) continue;
    const state = model.fit(series.values, facts);
    if (!model.project(state, work.request.set.horizon).every(Number.isFinite)) continue;
    states[member] = state;
    kept[member] = weight;
  }
  if (Object.keys(kept).length === 0) {
    const facts = factsOf(series.values, series.seasons);
    states['seasonal-naive'] = localModel('seasonal-naive').fit(series.values, facts);
    kept['seasonal-naive'] = 1;
  }
  return { states, weights: normalised(kept) };
}

/** What the weighted mean got wrong in the backtests, by series. */
function errorsOf({ casesOf, request }: Work, weights: readonly Weights[]) {
  return request.set.series.map(({ values }, index) => ({
    scale: scaleOf(values, request.set.seasons[0] ?? 1),
    windows: casesOf[index]!.map((one) => {
      const said = blended(one, weights[index]!);
      return one.truth.map((truth, k) => truth - said[k]!);
    }),
  }));
}

export function blended({ said, truth }: BacktestCase, weights: Weights): Float64Array {
  const sum = new Float64Array(truth.length);
  let total = 0;
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    const values = said[member];
    if (values === undefined) continue;
    values.forEach((value, k) => {
      sum[k]! += weight * value;
    });
    total += weight;
  }
  return sum.map((value) => value / total);
}
