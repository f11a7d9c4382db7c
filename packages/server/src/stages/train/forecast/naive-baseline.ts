import { backtestWindows, openCases } from './backtest.ts';
import { scaledError } from './errors.ts';
import { seasonCandidates } from './frequency/season-candidates.ts';
import type { SeriesSet } from './model.ts';

/** The naive forecast that a model has to beat: the value `lag` steps before, of the season or (1) the last one. */
export type NaiveBaseline = {
  lag: number;
  /** `naive`, or `seasonal naive (lag 7)`. */
  label: string;
  /** Mean scaled error over the backtests; NaN where the values never differ. */
  mase: number;
};

/**
 * The best by backtest of the naive forecast and the seasonal naives of the calendar's seasons (of numbered steps the seasons
 * that were found), each of which most series must be long enough for.
 */
export function naiveBaseline(set: SeriesSet): NaiveBaseline {
  const lengths = set.series.map(({ values }) => values.length);
  const windows = backtestWindows(lengths, set.horizon);
  const cases = openCases(set, windows);
  const usual = lengths.toSorted((a, b) => b - a)[Math.floor(lengths.length / 2)]!;
  const isNumbered = set.frequency.kind === 'fixed' && set.frequency.unit === 'number';
  const seasons = isNumbered ? set.seasons : [...seasonCandidates(set.frequency), ...set.seasons];
  const lags = [...new Set([1, ...seasons])].filter((lag) => lag <= usual - windows[0]!.left || lag === 1);
  const errors = lags.map((lag) => {
    const scaled = cases.flatMap((one) => {
      const { values } = set.series[one.series]!;
      const known = values.subarray(0, values.length - windows[one.window]!.left);
      const error = scaledError(one, seasonalNaive(known, lag, one.truth.length));
      return Number.isFinite(error) ? [error] : [];
    });
    return { lag, mase: scaled.reduce((sum, error) => sum + error, 0) / scaled.length };
  });
  const best = errors.reduce((least, one) => (one.mase < least.mase ? one : least));
  return { ...best, label: best.lag === 1 ? 'naive' : `seasonal naive (lag ${best.lag})` };
}

/** The last cycle of `lag` values again and again; the last value where there are not so many. */
export function seasonalNaive(values: Float64Array, lag: number, steps: number): Float64Array {
  const cycle = values.length >= lag ? lag : 1;
  return Float64Array.from({ length: steps }, (_, k) => values[values.length - cycle + (k % cycle)]!);
}
