import { fail } from '@slipway/contract';
import type { Frequency } from '../model.ts';
import { stepOf } from './steps.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that irregular times are gathered into, the finest first. */
const LADDER = [
  1000,
  10_000,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
];

/** Differences looked at; more say nothing new. */
const MOST_GAPS = 200_000;
/** Times off the grid at most before the steps count as irregular. */
const MOST_OFF_GRID = 0.05;
/** A step a little shorter than the usual distance will do. */
const NEARLY = 0.7;
/** Share of the grid's steps that must be there, or the grid is too fine. */
const LEAST_FILLED = 0.2;

export type InferredFrequency = {
  frequency: Frequency;
  /** Whether the times do not follow any step and have to be gathered. */
  irregular: boolean;
};

/**
 * The step that times follow, from the distances between neighbours of each series. `times` holds the distinct times of
 * each series, rising. Throws `forecast.irregular` when there is none and they cannot be gathered either.
 */
export function inferFrequency(
  times: readonly Float64Array[],
  unit: 'time' | 'number',
  column: string,
): InferredFrequency {
  const gaps = gapsOf(times);
  if (gaps.length === 0) throw fail('forecast.one-time', { column }, { path: 'time' });
  const usual = mostCommon(gaps);
  const candidates =
    unit === 'number' ? [fixed(times, usual, 'number')] : calendarCandidates(times, gaps, usual);
  const fitting = candidates.find((candidate) => fits(candidate, times));
  if (fitting !== undefined) return { frequency: fitting, irregular: false };
  return { frequency: gathered(times, gaps, unit, column), irregular: true };
}

function calendarCandidates(
  times: readonly Float64Array[],
  gaps: readonly number[],
  usual: number,
): Frequency[] {
  if (usual >= 27 * DAY) {
    const monthly = monthlyFrequency(times, gaps);
    if (monthly !== undefined) return [monthly, fixed(times, usual, 'time')];
  }
  if (usual === DAY && isBusinessDaily(times, gaps)) {
    return [{ kind: 'business-day', timeOfDay: modulo(times[0]![0]!, DAY) }];
  }
  return [fixed(times, usual, 'time')];
}

function fixed(times: readonly Float64Array[], step: number, unit: 'time' | 'number'): Frequency {
  const remainders = times.flatMap((series) =>
    Array.from(series.slice(0, 1000), (time) => modulo(time, step)),
  );
  return { kind: 'fixed', unit, step, origin: mostCommon(remainders) };
}

/** Months apart, and on the same day of the month or on its last day. */
function monthlyFrequency(times: readonly Float64Array[], gaps: readonly number[]): Frequency | undefined {
  const months = mostCommon(gaps.map((gap) => Math.round(gap / (30.436875 * DAY))));
  if (months < 1 || Math.abs(mostCommon(gaps) - months * 30.436875 * DAY) > 5 * DAY) return undefined;
  const all = times.flatMap((series) => Array.from(series.slice(0, 1000)));
  const dates = all.map((time) => new Date(time));
  const isLast = dates.every((date) => new Date(date.getTime() + DAY).getUTCDate() === 1);
  const day = isLast ? 31 : mostCommon(dates.map((date) => date.getUTCDate()));
  const sameDay = dates.filter((date) => date.getUTCDate() === day).length;
  if (!isLast && sameDay < dates.length * (1 - MOST_OFF_GRID)) return undefined;
  const phase = mostCommon(dates.map((date) => (date.getUTCFullYear() * 12 + date.getUTCMonth()) % months));
  return { kind: 'month', months, phase, day, timeOfDay: mostCommon(all.map((time) => modulo(time, DAY))) };
}

/** Days without any weekend, where a weekend would have been. */
function isBusinessDaily(times: readonly Float64Array[], gaps: readonly number[]): boolean {
  const weekends = times.some((series) => series.some((time) => [0, 6].includes(new Date(time).getUTCDay())));
  return !weekends && gaps.some((gap) => gap === 3 * DAY);
}

function fits(frequency: Frequency, times: readonly Float64Array[]): boolean {
  let [all, off, steps] = [0, 0, 0];
  for (const series of times) {
    for (const time of series) {
      const step = stepOf(frequency, time);
      all++;
      if (Math.abs(step - Math.round(step)) > 0.01) off++;
    }
    steps += Math.round(stepOf(frequency, series.at(-1)!) - stepOf(frequency, series[0]!)) + 1;
  }
  return off <= all * MOST_OFF_GRID && all >= steps * LEAST_FILLED;
}

/** The finest usual step that most steps would have a value in. */
function gathered(
  times: readonly Float64Array[],
  gaps: readonly number[],
  unit: 'time' | 'number',
  column: string,
): Frequency {
  const usual = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const step = LADDER.find((one) => one >= usual * NEARLY && isMostlyFilled(times, one));
  if (unit === 'number' || step === undefined) throw fail('forecast.irregular', { column }, { path: 'time' });
  // Weeks begin on Monday.
  return { kind: 'fixed', unit, step, origin: step === 7 * DAY ? 4 * DAY : 0 };
}

function isMostlyFilled(times: readonly Float64Array[], step: number): boolean {
  let [filled, steps] = [0, 0];
  for (const series of times) {
    const places = new Set(Array.from(series, (time) => Math.floor(time / step)));
    filled += places.size;
    steps += Math.floor(series.at(-1)! / step) - Math.floor(series[0]! / step) + 1;
  }
  return filled >= steps / 2 && steps >= 8;
}

function gapsOf(times: readonly Float64Array[]): number[] {
  const gaps: number[] = [];
  for (const series of times) {
    for (let i = 1; i < series.length && gaps.length < MOST_GAPS; i++) gaps.push(series[i]! - series[i - 1]!);
  }
  return gaps;
}

/** The smallest of the most frequent values. */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let [best, most] = [Number.NaN, 0];
  for (const [value, count] of counts) {
    if (count > most || (count === most && value < best)) [best, most] = [value, count];
  }
  return best;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
