import type { BacktestCase } from './ensemble/weigh-members.ts';
import { scaleOf, truthOf } from './errors.ts';
import type { LocalModelId, LocalState, Series, SeriesSet } from './model.ts';
import { LOCAL_MODELS, localModel, MOSTLY_ZERO, type SeriesFacts } from './models/index.ts';

/** Origins in the past from which the steps ahead are forecast, the earliest first, as values left out at the end. */
export type Window = { left: number };

/** Origins, unless series are few and long: then as many as there are forecasts to learn from otherwise. */
const USUAL_WINDOWS = 3;
const MOST_WINDOWS = 24;
const ENOUGH_CASES = 60;
/** Origins beyond the usual ones lie in the last part of the values. */
const MOST_SHARE = 0.2;
/** Values that must lie before the earliest origin, in horizons, for a window more. */
const HORIZONS_BEFORE = 2;
const LEAST_BEFORE = 8;

/**
 * One to three origins, a horizon apart; closer together where series are short, up to 24 of few and long series. A
 * single one, of as many steps as there are, when even that is too much.
 */
export function backtestWindows(lengths: readonly number[], horizon: number): Window[] {
  const usual = lengths.toSorted((a, b) => b - a)[Math.floor(lengths.length / 2)]!;
  const least = Math.max(LEAST_BEFORE, Math.min(HORIZONS_BEFORE * horizon, Math.floor(usual / 2)));
  const spare = usual - least - horizon;
  if (spare < 0) return [{ left: horizon }];
  const wanted = Math.min(MOST_WINDOWS, Math.ceil(ENOUGH_CASES / lengths.length));
  const fitting = Math.min(wanted, Math.floor((MOST_SHARE * usual) / horizon));
  const count = Math.min(Math.max(USUAL_WINDOWS, fitting), 1 + spare);
  const apart = Math.max(1, Math.min(horizon, Math.floor(spare / Math.max(1, count - 1))));
  return Array.from({ length: count }, (_, i) => ({ left: horizon + (count - 1 - i) * apart }));
}

/** What is known of a series' values up to an origin. */
export function factsOf(values: Float64Array, seasons: readonly number[], isHurried = false): SeriesFacts {
  let [zeros, least] = [0, Number.POSITIVE_INFINITY];
  for (const value of values) {
    if (value === 0) zeros++;
    least = Math.min(least, value);
  }
  return { seasons, zeros: zeros / Math.max(1, values.length), isNonNegative: least >= 0, isHurried };
}

/** A fitted model and how many values of its series it has seen. */
export type Standing = { state: LocalState; seen: number };

/** Values that a series needs before an origin to be judged there. */
const LEAST_JUDGED = 4;

/** The cases of every series and window that are long enough, with nothing said yet. */
export function openCases(set: SeriesSet, windows: readonly Window[]): BacktestCase[] {
  const season = set.seasons[0] ?? 1;
  return set.series.flatMap((series, index) =>
    windows.flatMap(({ left }, window): BacktestCase[] => {
      const { zeros, isNonNegative } = factsOf(series.values, []);
      const origin = series.values.length - left;
      if (origin < LEAST_JUDGED) return [];
      return [
        {
          series: index,
          window,
          truth: truthOf(series, origin, Math.min(series.values.length, origin + set.horizon)),
          scale: scaleOf(series.values.subarray(0, origin), season),
          isIntermittent: isNonNegative && zeros >= MOSTLY_ZERO && zeros < 1,
          said: {},
        },
      ];
    }),
  );
}

/**
 * Lets one local model forecast all cases of a series: fitted at the earliest origin, moved on to the later ones, as
 * it would be in service.
 */
export function sayLocally(
  id: LocalModelId,
  series: Series,
  cases: readonly BacktestCase[],
  windows: readonly Window[],
  isHurried: boolean,
): Standing | undefined {
  const model = localModel(id);
  const own = cases.toSorted((a, b) => a.window - b.window);
  let state: ReturnType<typeof model.fit> | undefined;
  let origin = 0;
  for (const one of own) {
    const next = series.values.length - windows[one.window]!.left;
    const facts = factsOf(series.values.subarray(0, next), series.seasons, isHurried);
    if (state === undefined) {
      if (!model.suits(next, facts)) return undefined;
      state = model.fit(series.values.slice(0, next), facts);
    } else state = model.advance(state, series.values.slice(origin, next));
    origin = next;
    const said = model.project(state, one.truth.length);
    if (said.every(Number.isFinite)) one.said[id] = said;
  }
  return state && { state, seen: origin };
}

/** Cheap models first: what comes late may find no time left. */
export const LOCAL_ORDER: readonly LocalModelId[] = [
  'naive',
  'seasonal-naive',
  'long-seasonal-naive',
  'seasonal-mean',
  'drift',
  'croston-sba',
  'tsb',
  'decomposed-ets',
  'theta',
  'ets',
];

export function labelOf(id: LocalModelId): string {
  return LOCAL_MODELS[id].label;
}
