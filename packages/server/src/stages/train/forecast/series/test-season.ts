import { movingMean } from '../models/seasonality.ts';

/** A season must come so many times before it is believed. */
const LEAST_CYCLES = 2;
/** Series looked at; the answer for many series is that of a sample. */
const SERIES_LOOKED_AT = 60;
/** The last steps of each say enough. */
const VALUES_LOOKED_AT = 5_000;
/** One-sided 95 % point of the normal distribution. */
const SURE = 1.645;
/** The test of the autocorrelation asks too much of long seasons, of which few cycles are there. */
const MOST_LIMIT = 0.3;
/** From so many cycles on the trend is a moving mean. */
const CYCLES_FOR_MEANS = 4;
/** So many of the series have to show the first season, and so many a further one, which each is asked for by itself. */
const SHARE_SHOWING = { first: 0.5, further: 0.25 };
/** Share of the variance that a season must explain on its own. */
const LEAST_STRENGTH = 0.1;
/** A day within a week, a week within a year. */
const MOST_SEASONS = 2;

/**
 * The seasons among `candidates` that most series show, the strongest first and at most two. A season is believed when
 * the autocorrelation of the series without its trend, at that lag, is beyond chance (the test of the M4 competition)
 * and its average over the phases explains a share of what varies.
 */
export function testSeasons(series: readonly Float64Array[], candidates: readonly number[]): number[] {
  const sample = spread(series, SERIES_LOOKED_AT);
  const found: number[] = [];
  while (found.length < MOST_SEASONS) {
    const strengths = candidates
      .filter((season) => found.every((one) => season > one && season % one === 0))
      .map((season) => ({ season, strength: usualStrength(sample, season, found) }));
    const best = strongest(strengths);
    if (best === undefined) break;
    found.push(best);
  }
  return found;
}

/** Those of the seasons of all series that one series shows too; the first is taken on trust. */
export function ownSeasons(values: Float64Array, seasons: readonly number[]): number[] {
  const [first, ...further] = seasons;
  if (first === undefined) return [];
  const recent = values.slice(-VALUES_LOOKED_AT);
  const shown = further.filter(
    (season) =>
      recent.length >= LEAST_CYCLES * season + 2 && ownStrength(recent, season, [first]) >= LEAST_STRENGTH,
  );
  return [first, ...shown];
}

function ownStrength(values: Float64Array, season: number, found: readonly number[]): number {
  const left = found.reduce(withoutSeason, withoutTrend(values, season));
  return isSignificant(left, season) ? strengthOf(left, season) : 0;
}

/** The strongest; of those nearly as strong the shortest, which the others are multiples of. */
function strongest(strengths: readonly { season: number; strength: number }[]): number | undefined {
  const believed = strengths.filter(({ strength }) => strength >= LEAST_STRENGTH);
  const most = Math.max(...believed.map(({ strength }) => strength));
  return believed.find(({ strength }) => strength >= 0.5 * most)?.season;
}

/** What a season explains in most series, beyond the trend and the seasons found before. */
function usualStrength(series: readonly Float64Array[], season: number, found: readonly number[]): number {
  const strengths = series
    .filter((values) => values.length >= LEAST_CYCLES * season + 2)
    .map((values) => ownStrength(values, season, found));
  if (strengths.length < series.length / 3 || strengths.length === 0) return 0;
  const share = found.length === 0 ? SHARE_SHOWING.first : SHARE_SHOWING.further;
  return strengths.toSorted((a, b) => b - a)[Math.floor(strengths.length * share)]!;
}

/** Correlation at the lag of the season beyond what the correlations at shorter lags explain. */
function isSignificant(values: Float64Array, season: number): boolean {
  const variance = autocovariance(values, 0);
  if (!(variance > 0)) return false;
  let squares = 0;
  for (let lag = 1; lag < season; lag++) squares += (autocovariance(values, lag) / variance) ** 2;
  const limit = SURE * Math.sqrt((1 + 2 * squares) / values.length);
  return autocovariance(values, season) / variance > Math.min(limit, MOST_LIMIT);
}

/** Share of the variance that phase means explain, less what as many means of noise would. */
function strengthOf(values: Float64Array, season: number): number {
  const total = autocovariance(values, 0);
  const rest = autocovariance(withoutSeason(values, season), 0);
  const byChance = season / values.length;
  return Math.max(0, (1 - rest / total - byChance) / (1 - byChance));
}

/** Without the centred moving mean over one season; with few cycles, which that would shorten, without a straight line. */
function withoutTrend(values: Float64Array, season: number): Float64Array {
  if (values.length < CYCLES_FOR_MEANS * season) {
    const line = fittedLine(values);
    return values.map((value, i) => value - line(i));
  }
  const trend = movingMean(values, season);
  const half = Math.floor(season / 2);
  return values.map((value, i) => value - trend[i]!).slice(half, values.length - half);
}

function fittedLine(values: Float64Array): (i: number) => number {
  const n = values.length;
  const [meanX, meanY] = [(n - 1) / 2, mean(values)];
  let [xy, xx] = [0, 0];
  for (let i = 0; i < n; i++) {
    xy += (i - meanX) * (values[i]! - meanY);
    xx += (i - meanX) ** 2;
  }
  const slope = xx > 0 ? xy / xx : 0;
  return (i) => meanY + slope * (i - meanX);
}

function withoutSeason(values: Float64Array, season: number): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let i = 0; i < values.length; i++) {
    sums[i % season]! += values[i]!;
    counts[i % season]!++;
  }
  return values.map((value, i) => value - sums[i % season]! / counts[i % season]!);
}

function autocovariance(values: Float64Array, lag: number): number {
  const middle = mean(values);
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += (values[i]! - middle) * (values[i - lag]! - middle);
  return sum / values.length;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** At most `count` of them, evenly spread. */
function spread(series: readonly Float64Array[], count: number): Float64Array[] {
  const step = Math.max(1, series.length / count);
  return Array.from({ length: Math.min(series.length, count) }, (_, i) =>
    series[Math.floor(i * step)]!.slice(-VALUES_LOOKED_AT),
  );
}
