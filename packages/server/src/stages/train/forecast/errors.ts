import type { Series } from './model.ts';
import { seasonalityOf, withoutSeasonality } from './models/seasonality.ts';

/** What happened, what was said, and the intervals that were given, of one series over consecutive steps. */
export type ForecastCase = {
  truth: Float64Array;
  forecast: Float64Array;
  /** Naive on seasonally adjusted values (the M4 competition's Naive2), for OWA. */
  reference: Float64Array;
  /** Mean absolute seasonal difference of the values known before; NaN where they never differ. */
  scale: number;
  /** Of each level, the bounds by step. */
  intervals: { level: number; lower: Float64Array; upper: Float64Array }[];
};

/**
 * The measures of the field over series, each series counting the same for MASE and sMAPE as in the M4 competition:
 * MASE (Hyndman and Koehler 2006), sMAPE (percent), OWA, WAPE (percent of what happened), bias (percent, above zero is
 * too high), RMSE, MAE, and for each level the coverage and of each bound the mean pinball loss over the scale.
 * Steps whose truth is NaN do not count.
 */
export function forecastErrors(cases: readonly ForecastCase[]): Record<string, number> {
  const mase = meanOver(cases, (one) => scaledError(one, one.forecast));
  const smape = meanOver(cases, (one) => symmetricError(one, one.forecast));
  const referenceMase = meanOver(cases, (one) => scaledError(one, one.reference));
  const referenceSmape = meanOver(cases, (one) => symmetricError(one, one.reference));
  const totals = totalsOf(cases);
  return withoutHoles({
    mase,
    smape,
    owa: (mase / referenceMase + smape / referenceSmape) / 2,
    wape: (100 * totals.absolute) / totals.size,
    bias: (100 * totals.signed) / totals.size,
    rmse: Math.sqrt(totals.squared / totals.steps),
    mae: totals.absolute / totals.steps,
    ...intervalErrors(cases),
  });
}

/** Mean absolute error over the scale; NaN without a scale. */
export function scaledError(
  { truth, scale }: Pick<ForecastCase, 'truth' | 'scale'>,
  forecast: Float64Array,
): number {
  return meanStep(truth, (value, k) => Math.abs(value - forecast[k]!)) / scale;
}

/** Root mean squared error over the scale. */
export function rootScaledError(
  { truth, scale }: Pick<ForecastCase, 'truth' | 'scale'>,
  forecast: Float64Array,
): number {
  return Math.sqrt(meanStep(truth, (value, k) => (value - forecast[k]!) ** 2)) / scale;
}

/** 200 |y - f| / (|y| + |f|), 0 where both are 0. */
function symmetricError({ truth }: ForecastCase, forecast: Float64Array): number {
  return meanStep(truth, (value, k) => {
    const size = Math.abs(value) + Math.abs(forecast[k]!);
    return size === 0 ? 0 : (200 * Math.abs(value - forecast[k]!)) / size;
  });
}

function intervalErrors(cases: readonly ForecastCase[]): Record<string, number> {
  const levels = cases[0]?.intervals.map(({ level }) => level) ?? [];
  return Object.fromEntries(
    levels.flatMap((level, which): [string, number][] => {
      const name = Math.round(level * 100);
      const covered = meanOver(cases, ({ truth, intervals }) => {
        const { lower, upper } = intervals[which]!;
        return meanStep(truth, (value, k) => (value >= lower[k]! && value <= upper[k]! ? 1 : 0));
      });
      const pinball = meanOver(cases, ({ truth, intervals, scale }) => {
        const { lower, upper } = intervals[which]!;
        const tail = (1 - level) / 2;
        return (
          meanStep(
            truth,
            (value, k) => (loss(value, lower[k]!, tail) + loss(value, upper[k]!, 1 - tail)) / 2,
          ) / scale
        );
      });
      return [
        [`coverage_${name}`, covered],
        [`pinball_${name}`, pinball],
      ];
    }),
  );
}

/** Koenker and Bassett's loss of a quantile. */
function loss(truth: number, quantile: number, share: number): number {
  return truth >= quantile ? share * (truth - quantile) : (1 - share) * (quantile - truth);
}

function totalsOf(cases: readonly ForecastCase[]) {
  const totals = { absolute: 0, signed: 0, squared: 0, size: 0, steps: 0 };
  for (const { truth, forecast } of cases) {
    truth.forEach((value, k) => {
      if (Number.isNaN(value)) return;
      const error = forecast[k]! - value;
      totals.absolute += Math.abs(error);
      totals.signed += error;
      totals.squared += error * error;
      totals.size += Math.abs(value);
      totals.steps++;
    });
  }
  return totals;
}

function meanStep(truth: Float64Array, of: (value: number, k: number) => number): number {
  let [sum, steps] = [0, 0];
  for (let k = 0; k < truth.length; k++) {
    if (Number.isNaN(truth[k]!)) continue;
    sum += of(truth[k]!, k);
    steps++;
  }
  return sum / steps;
}

/** Over the cases where it is defined. */
function meanOver(cases: readonly ForecastCase[], of: (one: ForecastCase) => number): number {
  let [sum, count] = [0, 0];
  for (const one of cases) {
    const value = of(one);
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

function withoutHoles(measures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}

/** Mean absolute difference over one season, of the steps that were not filled; NaN where the values never differ. */
export function scaleOf(values: Float64Array, season: number): number {
  const lag = values.length > season ? season : 1;
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += Math.abs(values[i]! - values[i - lag]!);
  const scale = sum / (values.length - lag);
  return scale > 0 ? scale : Number.NaN;
}

/** Naive2: the last value without its season, with the seasons of the steps ahead. */
export function naiveTwo(values: Float64Array, season: number, steps: number): Float64Array {
  const seasonality = seasonalityOf(values, season);
  const last = withoutSeasonality(seasonality, values, 0).at(-1)!;
  const { profile, isMultiplicative } = seasonality;
  return Float64Array.from({ length: steps }, (_, k) => {
    if (profile.length === 0) return last;
    const s = profile[(values.length + k) % profile.length]!;
    return isMultiplicative ? last * s : last + s;
  });
}

/** The true values of some steps of a series; NaN where they had to be filled. */
export function truthOf(series: Series, from: number, to: number): Float64Array {
  return series.values
    .slice(from, to)
    .map((value, k) => (series.filled[from + k] === 1 ? Number.NaN : value));
}
