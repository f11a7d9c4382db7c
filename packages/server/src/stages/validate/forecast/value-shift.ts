import { correlation, mean, median, standardDeviation } from './series-statistics.ts';

/** One series with the values that came after the champion's training: those from `known` on. */
export type GrownSeries = { values: Float64Array; filled: Uint8Array; known: number };

/** How the appended values of one series differ from earlier ones; null where they are too few to tell. */
export type SeriesShift = {
  /** Of the level: how far it moved beyond what is usual over as many steps, in standard deviations of the earlier values. */
  level: { effect: number; shifted: boolean; large: boolean; from: number; to: number } | null;
  /** Of the season: how well one season tells the next, before and in the appended values. */
  season: { before: number; after: number; lost: boolean } | null;
  /** What looks like a fault of the feed. */
  fault: 'missing' | 'stuck' | null;
};

/** From here on an effect is large (Cohen 1988), and from here on it is worth telling. */
const LARGE = 0.8;
const WORTH_TELLING = 0.5;
/** A large shift is also so many times what the level ever moved over as many steps. */
const BEYOND_USUAL = 2;
/** Blocks of earlier values that show what is usual, at least. */
const LEAST_BLOCKS = 4;
/** Blocks are at most this share of the earlier values. */
const MOST_SHARE = 1 / 6;
const MOST_EFFECT = 99;
/** A season that told the next so well, and now tells half as well, is lost. */
const SEASONAL = 0.5;
const LOST_SHARE = 0.5;
/** Share of steps without a value that looks like a fault, where there were hardly any before. */
const MISSING = { after: 0.5, before: 0.1 };
/** Equal values in a row that may look like a fault. */
const LEAST_STUCK = 6;

/** Compares the appended values of a series with earlier ones of the same places in the season. */
export function seriesShift(series: GrownSeries, season: number): SeriesShift {
  return { level: levelShift(series, season), season: seasonShift(series, season), fault: faultOf(series) };
}

/**
 * The mean of the newest values less that of as many, some seasons before, against the same of blocks of the earlier values: a
 * steady trend moves both alike, and a random walk moves far at any time.
 */
function levelShift({ values, known }: GrownSeries, season: number): SeriesShift['level'] {
  const appended = values.length - known;
  const length = Math.max(1, Math.min(appended, Math.floor(known * MOST_SHARE)));
  const lag = season * Math.ceil(appended / season);
  const difference = (end: number) =>
    mean(values.subarray(end - length, end)) - mean(values.subarray(end - lag - length, end - lag));
  const before: number[] = [];
  for (let end = known; end >= lag + length; end -= Math.max(1, Math.floor(length / 2)))
    before.push(difference(end));
  if (appended === 0 || before.length < LEAST_BLOCKS) return null;
  const usual = median(before);
  const most = Math.max(...before.map((one) => Math.abs(one - usual)));
  const moved = Math.abs(difference(values.length) - usual);
  const spread = standardDeviation(values.subarray(0, known));
  const effect = moved === 0 ? 0 : Math.min(MOST_EFFECT, moved / spread);
  return {
    effect,
    shifted: effect >= WORTH_TELLING && moved > most,
    large: effect >= LARGE && moved > BEYOND_USUAL * most,
    from: mean(values.subarray(values.length - lag - length, values.length - lag)),
    to: mean(values.subarray(values.length - length)),
  };
}

/** How well values of one season before tell the values of whole seasons: their correlation, the median of earlier blocks. */
function seasonShift({ values, known }: GrownSeries, season: number): SeriesShift['season'] {
  const appended = values.length - known;
  if (season < 2 || appended < season) return null;
  const seasons = Math.max(1, Math.floor((Math.min(appended, known * MOST_SHARE) + 1e-9) / season));
  const length = season * seasons;
  const lag = season * Math.ceil(appended / season);
  const told = (end: number) =>
    correlation(values.subarray(end - length, end), values.subarray(end - lag - length, end - lag));
  const before: number[] = [];
  for (let end = known; end >= lag + length; end -= season) before.push(told(end));
  if (before.length < LEAST_BLOCKS) return null;
  const usual = median(before);
  const after = told(values.length);
  const isLost = usual >= SEASONAL && after < Math.min(...before) && after <= LOST_SHARE * usual;
  return { before: usual, after, lost: isLost };
}

function faultOf({ values, filled, known }: GrownSeries): SeriesShift['fault'] {
  const appended = values.length - known;
  if (appended < LEAST_STUCK) return null;
  const missing = (from: number, to: number) => mean(filled.subarray(from, to));
  if (missing(known, values.length) >= MISSING.after && missing(0, known) < MISSING.before) return 'missing';
  const isStuck = values.subarray(known).every((value) => value === values[known]);
  return isStuck && longestRun(values.subarray(0, known)) < appended / 2 ? 'stuck' : null;
}

function longestRun(values: Float64Array): number {
  let [longest, run] = [0, 0];
  values.forEach((value, i) => {
    run = i > 0 && value === values[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}
