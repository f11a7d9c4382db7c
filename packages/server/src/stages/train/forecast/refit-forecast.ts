import { fail } from '@slipway/contract';
import type { Clock } from '../../../kernel/index.ts';
import type { Standing } from './backtest.ts';
import { treeRequest } from './backtest-trees.ts';
import { normalised, type Weights } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { DEFAULT_LEVELS, treesOf } from './fit-members.ts';
import { fitSeries } from './fit-series.ts';
import { conformalIntervals, type SeriesErrors } from './intervals/conformal.ts';
import { seasonalWidths } from './intervals/seasonal-widths.ts';
import type {
  ForecastModel,
  ForecastTrees,
  LocalModelId,
  MemberId,
  SeriesModel,
  SeriesSet,
  TreeBase,
  TreesId,
} from './model.ts';
import { timeText } from './series/series-sentences.ts';
import { ownSeasons } from './series/test-season.ts';
import { fitVariant, sampleTrees } from './trees/fit-trees.ts';
import { mostHistory, planTrees } from './trees/tree-plan.ts';

export type RefitRequest = {
  /** All values there are; series in any order. */
  set: SeriesSet;
  seed: number;
  /** Of the whole training, which decides how many rows the trees are given. */
  budgetSeconds: number;
  /** Of what is left for the refit. */
  limitSeconds: number;
  /** Local models that were fitted in one form only for want of time. */
  hurried?: ReadonlySet<LocalModelId>;
  /** Errors of the past by series of `set`, to learn the widths of intervals from; those of the model are kept when left out. */
  errors?: readonly SeriesErrors[];
  signal?: AbortSignal;
};

export type Refit = {
  model: ForecastModel;
  says: string;
  /** Whether all was fitted on these values, and nothing kept of a fit before. */
  isComplete: boolean;
};

/**
 * The same forecast fitted on all values of `set`: its models, weights, seasons and rounds of trees as they are, their
 * parameters anew. Series that it does not know get the mean weights of all. Series for which no time is left keep their
 * fitted parameters and are moved on by the new values. Throws `job.cancelled`.
 */
export function refitForecast(
  former: ForecastModel,
  request: RefitRequest,
  { clock }: { clock: Clock },
): Refit {
  const begun = clock.monotonic();
  const { limitSeconds, hurried = new Set() } = request;
  const isLate = (share: number) => (clock.monotonic() - begun) / 1000 > share * limitSeconds;
  const set = withSeasons(request.set, former);
  const byKey = new Map(former.series.map((one) => [JSON.stringify(one.key), one]));
  const usual = usualOf(former);
  const intervals = intervalsFor(former, set, byKey, request);
  const { kept: keptTrees, ...trees } = refitTrees(former, set, request, () => isLate(0.5));
  const fitted = new Set<TreesId>();
  if (trees.trees !== null) fitted.add('global-trees');
  if (trees.levelTrees !== null) fitted.add('level-trees');
  if (trees.residualTrees !== null) fitted.add('residual-trees');
  const lookBack = mostHistory(planTrees(set.frequency, former.seasons, former.horizon, set.covariates));
  let kept = 0;
  const series = set.series.map((one, index): SeriesModel => {
    if (request.signal?.aborted) throw fail('job.cancelled');
    const known = byKey.get(JSON.stringify(one.key));
    const before = isLate(1) && known !== undefined ? standingOf(known, one.start) : {};
    if (Object.keys(before).length > 0) kept++;
    return fitSeries(one, {
      horizon: former.horizon,
      weights: known?.weights ?? usual,
      trees: fitted,
      lookBack,
      hurried,
      before,
      spread: intervals.spreads[index]!,
    });
  });
  const { spreads: _, ...widths } = intervals;
  const { frequency, covariates } = set;
  const model = { ...former, frequency, covariates, ...trees, ...widths, series };
  return { model, says: sentenceOf(model, kept), isComplete: kept === 0 && keptTrees === 0 };
}

function sentenceOf({ frequency, series }: ForecastModel, kept: number): string {
  const last = series.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  const rest =
    kept === 0
      ? ''
      : ` ${kept.toLocaleString('en')} of ${series.length.toLocaleString('en')} series keep their parameters and are moved on by the new values: there was no time to fit them again.`;
  return `What answers is fitted again on all values, up to ${timeText(frequency, last)}: models, weights and rounds of trees as they were measured, their parameters anew.${rest}`;
}

function withSeasons(set: SeriesSet, { seasons, horizon }: ForecastModel): SeriesSet {
  const series = set.series.map((one) => ({ ...one, seasons: ownSeasons(one.values, seasons) }));
  return { ...set, seasons, horizon, series };
}

/** The mean weights of all series. */
function usualOf({ series }: ForecastModel): Weights {
  const sums: Weights = {};
  for (const { weights } of series) {
    for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
      sums[member] = (sums[member] ?? 0) + weight;
    }
  }
  return normalised(sums);
}

/** Fitted models of a series, and how many of its values they have seen; none that are fitted beyond them. */
function standingOf({ states, end }: SeriesModel, start: number): Partial<Record<LocalModelId, Standing>> {
  const seen = end + 1 - start;
  if (seen < 0) return {};
  const entries = Object.entries(states) as [LocalModelId, Standing['state']][];
  return Object.fromEntries(entries.map(([id, state]) => [id, { state, seen }]));
}

function refitTrees(
  former: ForecastModel,
  set: SeriesSet,
  { budgetSeconds, seed }: RefitRequest,
  shouldStop: () => boolean,
): Record<'trees' | 'levelTrees' | 'residualTrees', ForecastTrees | null> & { kept: number } {
  let kept = 0;
  const again = (trees: ForecastTrees | null, base: TreeBase): ForecastTrees | null => {
    if (trees === null) return null;
    const useKnown = trees.plan.covariates.some(({ use }) => use === 'known');
    const plan = { ...trees.plan, frequency: set.frequency, covariates: set.covariates };
    const asked = { ...treeRequest(set, budgetSeconds, seed), plan };
    const rounds = Math.max(1, trees.model.trees.length);
    let isCut = false;
    const stop = () => (isCut = shouldStop());
    const fit = fitVariant(asked, () => sampleTrees(asked), { base, useKnown, rounds, shouldStop: stop });
    // Half a model is worse than one of a little earlier, as long as the columns mean the same.
    const isSame =
      JSON.stringify([trees.plan.covariates, trees.plan.frequency]) ===
      JSON.stringify([fit?.plan.covariates, set.frequency]);
    const isKept = fit === undefined || (isCut && isSame);
    if (isKept || isCut) kept++;
    return isKept ? trees : treesOf(fit);
  };
  const trees = {
    trees: again(former.trees, 'season'),
    levelTrees: again(former.levelTrees ?? null, 'level'),
    residualTrees: again(former.residualTrees ?? null, 'mean'),
  };
  return { ...trees, kept };
}

/** By the errors given, else as they were; of series that are new as wide beside their scale as those of the others. */
function intervalsFor(
  former: ForecastModel,
  set: SeriesSet,
  byKey: ReadonlyMap<string, SeriesModel>,
  { errors }: RefitRequest,
) {
  if (errors !== undefined) {
    const levels = former.intervals.map(({ level }) => level);
    const widths = seasonalWidths(set);
    const asked = levels.length === 0 ? DEFAULT_LEVELS : levels;
    return { ...conformalIntervals(errors, former.horizon, asked, widths), seasonalWidths: widths };
  }
  const season = set.seasons[0] ?? 1;
  const scales = set.series.map(({ values }) => scaleOf(values, season));
  const known = set.series.map(({ key }) => byKey.get(JSON.stringify(key))?.spread);
  const ratios = known.flatMap((spread, i) => {
    const ratio = (spread ?? Number.NaN) / scales[i]!;
    return Number.isFinite(ratio) ? [ratio] : [];
  });
  const usual = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1;
  const spreads = known.map((spread, i) => spread ?? (Number.isFinite(scales[i]!) ? usual * scales[i]! : 0));
  const { growth, intervals, seasonalWidths: widths } = former;
  return { growth, intervals, spreads, ...(widths && { seasonalWidths: widths }) };
}
