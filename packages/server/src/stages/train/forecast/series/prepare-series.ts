import { fail } from '@slipway/contract';
import { inferFrequency } from '../frequency/infer-frequency.ts';
import { isAlike } from '../frequency/is-alike.ts';
import { seasonCandidates, usualHorizon } from '../frequency/season-candidates.ts';
import { isShown, isWithinDay, stepOf, stepsFor } from '../frequency/steps.ts';
import type { Frequency, Series, SeriesSet } from '../model.ts';
import { fillGaps } from './fill-gaps.ts';
import { MOST_SERIES, tooManySeries } from './rows-from-table.ts';
import type { SeriesRows } from './series-rows.ts';
import {
  correctionSentences,
  doubleSentences,
  gapSentences,
  type HorizonReason,
  horizonSentence,
  stepSentences,
} from './series-sentences.ts';
import { ownSeasons, testSeasons } from './test-season.ts';

export type PrepareOptions = {
  horizon: number | null;
  /** Instead of what is inferred: a new model is compared with an old one on the old one's steps. */
  like?: { frequency: Frequency; seasons: number[] };
  /** The forecast that answers today: its horizon is kept where none is asked for, its steps are alike and the series suffice. */
  champion?: { frequency: Frequency; horizon: number };
};

/** More values than these are refused rather than run out of memory. */
const MOST_VALUES = 20_000_000;
/** A grid so much longer than the rows it holds is no grid. */
const MOST_STEPS_A_ROW = 50;
/** With so many rows a step on average the rows are events, whose values are added up. */
const EVENTS_A_STEP = 1.5;
/** A series needs so many values to be forecast by more than its last one. */
const LEAST_VALUES = 3;

/** Steps beyond the last value for which a known covariate is kept. */
const MOST_KNOWN_AHEAD = 10_000;

type Cells = { sums: Float64Array; counts: Uint32Array; first: number; rows: number };

/**
 * Puts every series on one grid: infers the step, gathers what lies between steps or comes twice, fills what is
 * missing, and tells all of it. Throws `forecast.no-times`, `forecast.one-time`, `forecast.irregular`,
 * `forecast.too-many-series`, `forecast.too-short`, `forecast.horizon-too-long`.
 */
export function prepareSeries(rows: SeriesRows, options: PrepareOptions): SeriesSet {
  const known = knownRows(rows);
  if (known.length === 0) throw fail('forecast.no-times', { column: rows.timeColumn }, { path: 'time' });
  if (rows.keys.length > MOST_SERIES) throw tooManySeries(rows.keys.length);
  const groups = grouped(rows, known);
  const bySeries = groups.map(({ list }) => list);
  const { frequency, irregular } = options.like
    ? { frequency: options.like.frequency, irregular: false }
    : inferFrequency(distinctTimes(rows, bySeries), rows.unit, rows.timeColumn, rows.calendars);
  const says: string[] = [];
  const place = placeOf(frequency, irregular);
  const fileOf = filesOf(rows.increments);
  const cells = bySeries.map((list) => gather(rows, list, place, fileOf));
  const used = cells.reduce(
    (sum, { counts }) => sum + counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0),
    0,
  );
  const counted = cells.reduce((sum, one) => sum + one.rows, 0);
  const areEvents = counted > used * EVENTS_A_STEP;
  const grids = cells.map((cell) => toValues(cell, areEvents));
  const longest = Math.max(...grids.map((values) => values.length));
  if (longest < LEAST_VALUES)
    throw fail('forecast.too-short', { values: longest, least: LEAST_VALUES }, { path: 'time' });
  const seasons = options.like?.seasons ?? testSeasons(grids.map(withoutHoles), seasonCandidates(frequency));
  const filledCount = { steps: 0, all: 0 };
  const series = grids.map((values, index): Series => {
    const filled = new Uint8Array(values.length);
    const start = cells[index]!.first;
    const skipped = countSkipped(values, start, frequency);
    filledCount.steps += fillGaps(values, filled, { season: seasons[0] ?? 1, zero: areEvents }) - skipped;
    filledCount.all += values.length;
    return {
      key: groups[index]!.key,
      start,
      values,
      filled,
      seasons: ownSeasons(values, seasons),
      ...covariatesOf(rows, groups[index]!.timed, { start, length: values.length, place }),
    };
  });
  const kept = keptHorizon(options, frequency, longest);
  const asked = kept ?? horizonFor(options.horizon, frequency, longest);
  const last = series.reduce(
    (most, one) => Math.max(most, one.start + one.values.length - 1),
    Number.NEGATIVE_INFINITY,
  );
  const horizon = kept ?? stepsFor(frequency, last + 1, asked);
  says.push(
    ...stepSentences(rows, frequency, series, irregular),
    ...doubleSentences(counted - used, areEvents, frequency),
    ...correctionSentences(known.length - counted),
    ...gapSentences(filledCount, areEvents),
    seasons.length === 0 ? 'No season was found.' : `The season is ${seasons.join(' and ')} steps long.`,
    horizonSentence(asked, frequency, horizonReason(options.horizon, kept)),
  );
  return {
    frequency,
    seasons,
    series,
    covariates: rows.covariates.map(({ covariate }) => covariate),
    horizon,
    says,
  };
}

/** Rows with a time and a value; others are of use for covariates only. */
function knownRows({ times, values, seriesOf }: SeriesRows): number[] {
  const known: number[] = [];
  for (let row = 0; row < times.length; row++) {
    if (seriesOf[row]! >= 0 && Number.isFinite(times[row]!) && Number.isFinite(values[row]!)) known.push(row);
  }
  return known;
}

/** The rows of one series: those with a value, and all that have a time. */
type Group = { key: (string | number)[]; list: number[]; timed: number[] };

function grouped(rows: SeriesRows, known: readonly number[]): Group[] {
  const groups = rows.keys.map((key): Group => ({ key, list: [], timed: [] }));
  for (const row of known) groups[rows.seriesOf[row]!]?.list.push(row);
  for (let row = 0; row < rows.times.length; row++) {
    if (Number.isFinite(rows.times[row]!)) groups[rows.seriesOf[row]!]?.timed.push(row);
  }
  return groups.filter(({ list }) => list.length > 0);
}

function distinctTimes({ times }: SeriesRows, bySeries: readonly (readonly number[])[]): Float64Array[] {
  return bySeries.map((list) => {
    const sorted = Float64Array.from(list, (row) => times[row]!).sort();
    return sorted.filter((time, i) => i === 0 || time !== sorted[i - 1]);
  });
}

/** The step that a time is put on: the nearest, or the one it falls into where times are gathered or are dates of months. */
function placeOf(frequency: Frequency, irregular: boolean): (time: number) => number {
  const whole = irregular || frequency.kind === 'month' ? Math.floor : Math.round;
  return (time) => whole(stepOf(frequency, time));
}

function gather(
  rows: SeriesRows,
  list: readonly number[],
  place: (time: number) => number,
  fileOf: (row: number) => number,
): Cells {
  const steps = list.map((row) => place(rows.times[row]!));
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const step of steps) [first, last] = [Math.min(first, step), Math.max(last, step)];
  const length = last - first + 1;
  if (length > MOST_VALUES || length > list.length * MOST_STEPS_A_ROW + 1000) {
    throw fail('forecast.irregular', { column: rows.timeColumn }, { path: 'time' });
  }
  const newest = new Int32Array(length);
  list.forEach((row, i) => {
    newest[steps[i]! - first] = Math.max(newest[steps[i]! - first]!, fileOf(row));
  });
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  let used = 0;
  list.forEach((row, i) => {
    const at = steps[i]! - first;
    if (fileOf(row) < newest[at]!) return;
    sums[at]! += rows.values[row]!;
    counts[at]!++;
    used++;
  });
  return { sums, counts, first, rows: used };
}

/** Which file a row came with, counted from 0. */
function filesOf(increments: readonly number[] | undefined): (row: number) => number {
  if (increments === undefined || increments.length < 2) return () => 0;
  const ends: number[] = [];
  for (const rows of increments) ends.push((ends.at(-1) ?? 0) + rows);
  return (row) => ends.findIndex((end) => row < end);
}

/** One value a step: the sum of events, else the mean; NaN where there is none. */
function toValues({ sums, counts }: Cells, areEvents: boolean): Float64Array {
  return sums.map((sum, i) => {
    if (counts[i] === 0) return Number.NaN;
    return areEvents ? sum : sum / counts[i]!;
  });
}

/** Missing steps that the clock never shows, since daylight saving begins. */
function countSkipped(values: Float64Array, start: number, frequency: Frequency): number {
  if (!isWithinDay(frequency)) return 0;
  return values.reduce(
    (count, value, i) => count + (Number.isNaN(value) && !isShown(frequency, start + i) ? 1 : 0),
    0,
  );
}

/** For the test of seasons alone: the last value stands in for a missing one. */
function withoutHoles(values: Float64Array): Float64Array {
  let last = values[0]!;
  return values.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last;
  });
}

type Grid = { start: number; length: number; place: (time: number) => number };

function covariatesOf(
  rows: SeriesRows,
  list: readonly number[],
  grid: Grid,
): Pick<Series, 'fixed' | 'known'> {
  const fixed: number[] = [];
  const known: Float64Array[] = [];
  for (const { covariate, values } of rows.covariates) {
    if (covariate.use === 'static') fixed.push(values[list[0]!]!);
    else known.push(knownValues(rows.times, values, list, grid));
  }
  return { fixed, known };
}

/** Rows without a target tell what is known of the future. */
function knownValues(
  times: Float64Array,
  values: Float64Array,
  list: readonly number[],
  grid: Grid,
): Float64Array {
  const known: number[] = new Array(grid.length).fill(Number.NaN);
  const furthest = grid.length + MOST_KNOWN_AHEAD;
  for (const row of list) {
    const at = grid.place(times[row]!) - grid.start;
    if (at < 0 || at >= furthest) continue;
    while (known.length <= at) known.push(Number.NaN);
    known[at] = values[row]!;
  }
  return Float64Array.from(known);
}

/** Steps that can be forecast at most, so that values remain to learn from. */
function mostHorizon(longest: number): number {
  return Math.max(1, longest - LEAST_VALUES + 1);
}

/** The champion's, which may be another than the length of the series has grown into by now; null where it is not to be kept. */
function keptHorizon(
  { horizon, champion }: PrepareOptions,
  frequency: Frequency,
  longest: number,
): number | null {
  if (horizon !== null || champion === undefined) return null;
  const isKept = isAlike(champion.frequency, frequency) && champion.horizon <= mostHorizon(longest);
  return isKept ? champion.horizon : null;
}

function horizonReason(asked: number | null, kept: number | null): HorizonReason {
  if (kept !== null) return 'champion';
  return asked === null ? 'length' : 'asked';
}

function horizonFor(asked: number | null, frequency: Frequency, longest: number): number {
  const most = mostHorizon(longest);
  if (asked === null) return Math.max(1, Math.min(usualHorizon(frequency), Math.floor(longest / 4)));
  if (asked > most)
    throw fail('forecast.horizon-too-long', { horizon: asked, values: longest, most }, { path: 'horizon' });
  return asked;
}
