import { factsOf } from './backtest.ts';
import { type BacktestCase, normalised, type Weights } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { elapsed, isPast, tell, UNTIL, type Work } from './forecast-work.ts';
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
  const pace = paceOf(work);
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
      const before = pace.isLate(index) ? work.standing[index]! : {};
      const { states, weights: own } = fitOne(work, series, weights[index]!, trees !== undefined, before);
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

/** Series after which the time that the others will take can be told. */
const PROBED = 8;

/** Whether fitting the rest as thoroughly as so far would take longer than there is time. */
function paceOf(work: Work) {
  const begun = elapsed(work);
  const { budgetSeconds, set } = work.request;
  let hasSaid = false;
  return {
    isLate(index: number): boolean {
      if (index < PROBED) return isPast(work, UNTIL.all);
      const each = (elapsed(work) - begun) / index;
      const isLate = elapsed(work) + each * (set.series.length - index) > UNTIL.all * budgetSeconds;
      if (isLate && !hasSaid)
        work.says.push(
          'Some series keep the models of their last backtest, moved on by the newest values: there was no time to fit them anew.',
        );
      hasSaid ||= isLate;
      return isLate;
    },
  };
}

/**
 * Fits the members of one series, or moves those of before on; one that does not suit gives its share to the others, at
 * least to the naive ones.
 */
function fitOne(
  work: Work,
  series: Series,
  weights: Weights,
  hasTrees: boolean,
  before: Work['standing'][number],
) {
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
    const known = before[member];
    const state = known
      ? model.advance(known.state, series.values.slice(known.seen))
      : model.fit(series.values, facts);
    if (!model.project(state, work.request.set.horizon).every(Number.isFinite)) continue;
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
