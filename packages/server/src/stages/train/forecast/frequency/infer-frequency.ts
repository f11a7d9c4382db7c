import { fail } from '@slipway/contract';
import type { Calendar, Frequency } from '../model.ts';
import { wallOf } from './calendar.ts';
import { modalValue } from './modal-value.ts';
import { monthlyFrequencies } from './monthly.ts';
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

/** From the last business day of a January to that of a February. */
const LEAST_MONTH = 25 * DAY;

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
 * each series, rising. Of several calendars the first counts under which they follow one. Throws `forecast.irregular`
 * when there is none and they cannot be gathered either.
 */
export function inferFrequency(
  times: readonly Float64Array[],
  unit: 'time' | 'number',
  column: string,
  calendars: readonly Calendar[] = [{}],
): InferredFrequency {
  const walls = calendars.map((calendar) => times.map((series) => wallsOf(series, calendar)));
  for (const [i, calendar] of calendars.entries()) {
    const found = regular(walls[i]!, unit, column);
    if (found !== undefined) return { frequency: { ...found, ...calendar }, irregular: false };
  }
  const frequency = gathered(walls[0]!, gapsOf(walls[0]!), unit, column);
  return { frequency: { ...frequency, ...calendars[0]! }, irregular: true };
}

function wallsOf(times: Float64Array, calendar: Calendar): Float64Array {
  return times.map((time) => wallOf(calendar, time));
}

function regular(
  walls: readonly Float64Array[],
  unit: 'time' | 'number',
  column: string,
): Frequency | undefined {
  const gaps = gapsOf(walls);
  if (gaps.length === 0) throw fail('forecast.one-time', { column }, { path: 'time' });
  const usual = modalValue(gaps);
  const candidates =
    unit === 'number' ? [fixed(walls, usual, 'number')] : calendarCandidates(walls, gaps, usual);
  return candidates.find((candidate) => fits(candidate, walls));
}

function calendarCandidates(
  times: readonly Float64Array[],
  gaps: readonly number[],
  usual: number,
): Frequency[] {
  if (usual >= LEAST_MONTH) {
    const { onDay, onBusinessDay, onAnyDay } = monthlyFrequencies(times, gaps);
    return [onDay, fixed(times, usual, 'time'), onBusinessDay, onAnyDay].filter((one) => one !== undefined);
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
  return { kind: 'fixed', unit, step, origin: modalValue(remainders) };
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
    for (let i = 1; i < series.length && gaps.length < MOST_GAPS; i++) {
      // Where daylight saving ends the clock goes back.
      if (series[i]! > series[i - 1]!) gaps.push(series[i]! - series[i - 1]!);
    }
  }
  return gaps;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
