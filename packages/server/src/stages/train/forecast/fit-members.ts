import { factsOf } from './backtest.ts';
import type { TreeFits } from './backtest-trees.ts';
import { blendedErrors } from './ensemble/blend.ts';
import type { Weights } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { fitSeries } from './fit-series.ts';
import { elapsed, isPast, tell, UNTIL, type Work } from './forecast-work.ts';
import { conformalIntervals, type SeriesErrors } from './intervals/conformal.ts';
import { levelGrowth } from './intervals/level-growth.ts';
import { seasonalWidths } from './intervals/seasonal-widths.ts';
import type { ForecastModel, ForecastTrees, Series, SeriesModel, TreesId } from './model.ts';
import type { TreeFit } from './trees/fit-trees.ts';
import { mostHistory, planTrees } from './trees/tree-plan.ts';

export const DEFAULT_LEVELS = [0.8, 0.95] as const;

/** Fits the members that count on all values of the work, and puts the model together. */
export function fitAll(
  work: Work,
  weights: readonly Weights[],
  trees: TreeFits,
  errors: readonly SeriesErrors[],
): ForecastModel {
  const { set, levels = DEFAULT_LEVELS } = work.request;
  const widths = seasonalWidths(set);
  const conformal = conformalIntervals(errors, set.horizon, levels, widths);
  const pace = paceOf(work);
  const fitted = new Set(Object.keys(trees) as TreesId[]);
  const lookBack = mostHistory(planTrees(set.frequency, set.seasons, set.horizon, set.covariates));
  return {
    frequency: set.frequency,
    seasons: set.seasons,
    horizon: set.horizon,
    covariates: set.covariates,
    trees: treesOf(trees['global-trees']),
    levelTrees: treesOf(trees['level-trees']),
    residualTrees: treesOf(trees['residual-trees']),
    growth: conformal.growth,
    seasonalWidths: widths,
    intervals: conformal.intervals,
    series: set.series.map((series, index): SeriesModel => {
      if (index % 50 === 0)
        tell(work, Math.min(UNTIL.all, elapsed(work) / work.request.budgetSeconds), 'fitting on all values');
      return fitSeries(series, {
        horizon: set.horizon,
        weights: weights[index]!,
        trees: fitted,
        lookBack,
        hurried: work.hurried,
        before: pace.isLate(index) ? work.standing[index]! : {},
        spread: conformal.spreads[index]!,
      });
    }),
  };
}

export function treesOf(fit: TreeFit | undefined): ForecastTrees | null {
  if (fit === undefined) return null;
  const { model, plan, effects } = fit;
  return { model, plan, ...(effects && { effects }) };
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

/** How much larger a series is now than at an origin; 1 of series that may be negative. */
function growthSince({ values }: Series, origin: number, seasons: readonly number[]): number {
  if (!factsOf(values, []).isNonNegative) return 1;
  return levelGrowth(values, { from: origin, to: values.length }, seasons);
}

/** What the weighted mean got wrong in the backtests, by series, in the size that the series has now. */
export function errorsOf(work: Work): SeriesErrors[] {
  const { cases, request } = work;
  const said = blendedErrors(cases, request.set.series.length);
  const windows = request.set.series.map((): Float64Array[] => []);
  const starts = request.set.series.map((): number[] => []);
  for (const [i, { series, truth, window }] of cases.entries()) {
    const one = request.set.series[series]!;
    const origin = one.values.length - work.windows[window]!.left;
    const growth = growthSince(one, origin, request.set.seasons);
    starts[series]!.push(one.start + origin);
    windows[series]!.push(truth.map((value, k) => growth * (value - said[i]![k]!)));
  }
  return request.set.series.map(({ values }, index) => ({
    scale: scaleOf(values, request.set.seasons[0] ?? 1),
    windows: windows[index]!,
    starts: starts[index]!,
  }));
}
