import {
  type ForecastCase,
  type ForecastModel,
  type NaiveBaseline,
  naiveTwo,
  type Projection,
  projectSeries,
  type SeriesSet,
  scaleOf,
  seasonalNaive,
  truthOf,
} from '../../../stages/train/index.ts';
import {
  type ForecastSet,
  HOLD_OUT,
  type JudgedSeries,
  ORIGINAL_HOLDOUT,
  RECENT_ROWS,
  rollingOrigin,
  type ShiftReport,
  type ValidationReport,
  validateForecast,
} from '../../../stages/validate/index.ts';
import type { CandidateInput } from '../../model.ts';
import { baselineText } from './baseline-text.ts';
import type { Champion } from './champion-forecast.ts';
import { leadingUp } from './leading-up.ts';
import type { PreparedForecast } from './prepare-forecast.ts';
import type { ForecastGrowth, OriginalHoldout } from './since-champion.ts';

/** What a forecast is measured beside. */
export type Against = {
  champion: Champion | null;
  /** The champion fitted on the same values. */
  fitted: ForecastModel | null;
  /** What it says of the steps held out; null of series that it does not know. */
  ahead: readonly (Projection | null)[];
  baseline: NaiveBaseline;
  growth: ForecastGrowth | null;
  original: OriginalHoldout | null;
  shift: ShiftReport | null;
  input: CandidateInput;
};

/** What is measured: the models, fitted on all but the hold-out, and on what came before the champion's own. */
export type Contender = { model: ForecastModel; before: ForecastModel | null };

/**
 * The report on the steps held out, on those of them that came after the champion's training (`recent rows`), on the champion's own
 * hold-out, and on each further set.
 */
export function forecastReport(
  prepared: PreparedForecast,
  contender: Contender,
  against: Against,
): { report: ValidationReport; said: readonly Projection[] } {
  const { set, sets, usedUp } = prepared;
  const { champion, input, baseline, shift, fitted } = against;
  const { model } = contender;
  const said = projectSeries(model, model.series, set.horizon);
  const holdout = holdoutSeries(prepared, said, against);
  const further = sets.map(({ name, later, origin }): ForecastSet => {
    const other = champion === null ? null : fitted;
    const rolled = rollingOrigin({ later: later.later, model, champion: other, lag: baseline.lag });
    return { name, origin, ...rolled };
  });
  const report = validateForecast({
    horizon: set.horizon,
    baselineSays: baselineText(baseline),
    champion: champion === null ? null : { name: input.modelName, version: champion.version },
    sets: [
      { name: HOLD_OUT, series: holdout },
      ...comparisons(prepared, contender, holdout, against),
      ...further,
    ],
    ...(shift && { shift }),
    ...(usedUp.length > 0 && { notMeasured: usedUp }),
    seed: input.seed,
  });
  return { report, said };
}

function holdoutSeries(
  { set, held }: PreparedForecast,
  said: readonly Projection[],
  { ahead, baseline }: Against,
): JudgedSeries[] {
  return held.left.flatMap((left, index): JudgedSeries[] => {
    if (left === 0) return [];
    const known = held.training.series[index]!.values;
    const truth = truthOf(set.series[index]!, known.length, set.series[index]!.values.length);
    return [judged(set, { index, known, truth }, said[index]!, ahead[index] ?? null, baseline)];
  });
}

/** Steps on which champion and challenger are compared apart, where values were appended. */
function comparisons(
  { set, held }: PreparedForecast,
  { before }: Contender,
  holdout: readonly JudgedSeries[],
  { growth, original, baseline }: Against,
): ForecastSet[] {
  if (growth === null) return [];
  const places = held.left.flatMap((left, index) => (left === 0 ? [] : [index]));
  const recent = holdout.flatMap((one, which): JudgedSeries[] => {
    const index = places[which]!;
    const first = held.training.series[index]!.values.length;
    const truth = one.candidate.truth.map((value, k) =>
      first + k < (growth.had[index] ?? 0) ? Number.NaN : value,
    );
    if (truth.every(Number.isNaN)) return [];
    const champion = one.champion && { ...one.champion, truth };
    return [{ ...one, candidate: { ...one.candidate, truth }, champion }];
  });
  const sets: ForecastSet[] = recent.length === 0 ? [] : [{ name: RECENT_ROWS, series: recent }];
  if (original === null || before === null) return sets;
  const [ours, theirs] = [before, original.champion].map((model) =>
    projectSeries(model, model.series, set.horizon),
  );
  const series = original.places.map((index, which) => {
    const known = original.before.series[which]!.values;
    const truth = truthOf(set.series[index]!, known.length, known.length + set.horizon);
    return judged(set, { index, known, truth }, ours![which]!, theirs![which]!, baseline);
  });
  return [{ name: ORIGINAL_HOLDOUT, series }, ...sets];
}

function judged(
  set: SeriesSet,
  { index, known, truth }: { index: number; known: Float64Array; truth: Float64Array },
  said: Projection,
  former: Projection | null,
  { lag }: NaiveBaseline,
): JudgedSeries {
  const series = set.series[index]!;
  const season = set.seasons[0] ?? 1;
  const candidate: ForecastCase = {
    truth,
    forecast: said.values,
    reference: naiveTwo(known, season, set.horizon),
    scale: scaleOf(known, season),
    intervals: said.intervals,
  };
  return {
    candidate,
    baseline: seasonalNaive(known, lag, set.horizon),
    champion: former === null ? null : { ...candidate, forecast: former.values, intervals: former.intervals },
    example: {
      series: series.key.join(', '),
      ...leadingUp(set, { start: series.start, values: known }),
    },
  };
}
