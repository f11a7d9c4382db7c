import type { Frequency, MonthDay } from '../model.ts';
import { timeOfWall, wallOf } from './calendar.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 1970-01-01 was a Thursday: Monday of that week lies three days before. */
const MONDAY_OFFSET = 3;
/** By so much a zone sets its clock back. */
const SHIFTS = [30 * MINUTE, 60 * MINUTE];

/** The step that a time lies on, or a fraction of the way to the next one when it lies between two. NaN for no date. */
export function stepOf(frequency: Frequency, time: number): number {
  const wall = wallOf(frequency, time);
  switch (frequency.kind) {
    case 'fixed':
      return (wall - frequency.origin) / frequency.step;
    case 'business-day':
      return businessStep(wall - frequency.timeOfDay);
    case 'month':
      return monthStep(frequency, wall);
  }
}

/** The time of a step: the first of those at which the clock shows it, and the next one where the clock skips it. */
export function timeOf(frequency: Frequency, step: number): number {
  return timeOfWall(frequency, wallAt(frequency, step));
}

/** What the clock shows at a step, in epoch milliseconds as if it were UTC. */
export function wallAt(frequency: Frequency, step: number): number {
  switch (frequency.kind) {
    case 'fixed':
      return frequency.origin + step * frequency.step;
    case 'business-day':
      return (Math.floor(step / 5) * 7 + modulo(step, 5) - MONDAY_OFFSET) * DAY + frequency.timeOfDay;
    case 'month':
      return monthTime(frequency, step);
  }
}

/** Whether the clock ever shows a step: it skips an hour when daylight saving begins. */
export function isShown(frequency: Frequency, step: number): boolean {
  if (!isWithinDay(frequency)) return true;
  return Math.round(stepOf(frequency, timeOf(frequency, step))) === step;
}

/** Steps of local time that are shorter than a day, some of which a zone skips and some of which it has twice. */
export function isWithinDay(frequency: Frequency): boolean {
  return frequency.timeZone !== undefined && frequency.kind === 'fixed' && frequency.step < DAY;
}

/** A time ahead: its step, counted from the first one asked for. */
export type TimeAhead = { ahead: number; time: number };

/** The times of `steps` steps from `first` on, rising: none of a step that the clock skips, two of one that it shows twice. */
export function timesAhead(frequency: Frequency, first: number, steps: number): TimeAhead[] {
  const times = Array.from({ length: steps }, (_, ahead) => ({ ahead, step: first + ahead }));
  if (!isWithinDay(frequency))
    return times.map(({ ahead, step }) => ({ ahead, time: timeOf(frequency, step) }));
  return times
    .filter(({ step }) => isShown(frequency, step))
    .flatMap(({ ahead, step }) => timesOf(frequency, step).map((time) => ({ ahead, time })))
    .toSorted((a, b) => a.time - b.time);
}

function timesOf(frequency: Frequency, step: number): number[] {
  const first = timeOf(frequency, step);
  const again = SHIFTS.map((shift) => first + shift).filter((time) => stepOf(frequency, time) === step);
  return [first, ...again];
}

/** Steps that so many times from `first` on take: more where the clock skips some. */
export function stepsFor(frequency: Frequency, first: number, times: number): number {
  let steps = times;
  while (isWithinDay(frequency) && timesAhead(frequency, first, steps).length < times) steps++;
  return steps;
}

function businessStep(time: number): number {
  const days = time / DAY + MONDAY_OFFSET;
  const whole = Math.floor(days);
  const weekday = modulo(whole, 7);
  // Saturday and Sunday lie between Friday and Monday.
  if (weekday > 4) return Math.floor(whole / 7) * 5 + 4 + (weekday - 4 + (days - whole)) / 3;
  return Math.floor(whole / 7) * 5 + weekday + (days - whole);
}

type Monthly = Extract<Frequency, { kind: 'month' }>;

/** Any moment of a month belongs to it: dates of monthly figures are the first, the last or any day of their month. */
function monthStep({ months, phase }: Monthly, wall: number): number {
  const date = new Date(wall);
  return (date.getUTCFullYear() * 12 + date.getUTCMonth() - phase) / months;
}

function monthTime({ months, phase, day, timeOfDay }: Monthly, step: number): number {
  const month = step * months + phase;
  const [year, monthOfYear] = [Math.floor(month / 12), modulo(month, 12)];
  return Date.UTC(year, monthOfYear, dayOfMonth(day, year, monthOfYear)) + timeOfDay;
}

/** The day that a rule names in a month, from 1; months count from 0. */
export function dayOfMonth(day: MonthDay, year: number, month: number): number {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (typeof day === 'number') return Math.min(day, days);
  const weekdayOf = (date: number) => new Date(Date.UTC(year, month, date)).getUTCDay();
  if (day === 'first-business-day') return 1 + ([1, 0, 0, 0, 0, 0, 2][weekdayOf(1)] ?? 0);
  return days - ([2, 0, 0, 0, 0, 0, 1][weekdayOf(days)] ?? 0);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
