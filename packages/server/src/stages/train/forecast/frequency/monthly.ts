import type { Frequency, MonthDay } from '../model.ts';
import { modalValue } from './modal-value.ts';
import { dayOfMonth } from './steps.ts';

const DAY = 86_400_000;
const MONTH = 30.436875 * DAY;

/** Share of the dates that must be on the day of a rule: business days have holidays that we do not know. */
const LEAST_ON_DAY = 0.95;
const LEAST_ON_BUSINESS_DAY = 0.75;
/** Share of the dates that must be the only one of their month. */
const LEAST_ALONE = 0.95;
/** By so many days a usual distance may miss a whole number of months. */
const MOST_OFF = 5;
const TIMES_LOOKED_AT = 1000;

/** Steps of months that times may follow: on one day of the month, on a business day, and on any day. */
export type MonthlyFrequencies = Record<'onDay' | 'onBusinessDay' | 'onAnyDay', Frequency | undefined>;

const NONE: MonthlyFrequencies = { onDay: undefined, onBusinessDay: undefined, onAnyDay: undefined };

/** What the local times of each series, rising, say of steps of months. */
export function monthlyFrequencies(
  walls: readonly Float64Array[],
  gaps: readonly number[],
): MonthlyFrequencies {
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
  const months = Math.round(usual / MONTH);
  if (months < 1 || Math.abs(usual - months * MONTH) > MOST_OFF * DAY) return NONE;
  const looked = walls.map((series) => series.slice(0, TIMES_LOOKED_AT));
  const all = looked.flatMap((series) => Array.from(series));
  const phase = modalValue(all.map((wall) => modulo(monthOf(wall), months)));
  const alone = looked.reduce((sum, series) => sum + countAlone(series, months, phase), 0);
  if (alone < all.length * LEAST_ALONE) return NONE;
  const timeOfDay = modalValue(all.map((wall) => modulo(wall, DAY)));
  const on = (day: MonthDay | undefined): Frequency | undefined =>
    day === undefined ? undefined : { kind: 'month', months, phase, day, timeOfDay };
  const dates = all.map((wall) => new Date(wall));
  const shareOn = (day: MonthDay) => dates.filter((date) => isOn(date, day)).length / dates.length;
  const usualDay = modalValue(dates.map((date) => date.getUTCDate()));
  const days = [31, usualDay] as const;
  const businessDays = (['last-business-day', 'first-business-day'] as const).toSorted(
    (a, b) => shareOn(b) - shareOn(a),
  );
  return {
    onDay: on(days.find((day) => shareOn(day) >= LEAST_ON_DAY)),
    onBusinessDay: on(businessDays.find((day) => shareOn(day) >= LEAST_ON_BUSINESS_DAY)),
    onAnyDay: on(usualDay),
  };
}

/** Dates in months of the phase that no other date of the series is in. */
function countAlone(series: Float64Array, months: number, phase: number): number {
  const counts = new Map<number, number>();
  for (const wall of series) {
    const month = monthOf(wall);
    if (modulo(month, months) === phase) counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  return [...counts.values()].filter((count) => count === 1).length;
}

function isOn(date: Date, day: MonthDay): boolean {
  return date.getUTCDate() === dayOfMonth(day, date.getUTCFullYear(), date.getUTCMonth());
}

function monthOf(wall: number): number {
  const date = new Date(wall);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
