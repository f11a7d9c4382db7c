import type { DatePart } from './model.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;

/** From 1 March of year 0 to 1 January 1970. */
const DAYS_TO_EPOCH = 719_468;
const DAYS_PER_ERA = 146_097;

/**
 * A part of a moment (epoch milliseconds, UTC; proleptic Gregorian calendar), as {@link DatePart} defines them; NaN
 * stays NaN. Only floor, plus, times and comparisons of 64-bit floats, so that a graph of numeric operators computes the same
 * to the bit. Source: Hinnant, "chrono-compatible low-level date algorithms" (civil_from_days).
 */
export function datePart(epochMs: number, part: DatePart): number {
  return DATE_PART_FUNCTIONS[part](epochMs);
}

export const DATE_PART_FUNCTIONS: Record<DatePart, (epochMs: number) => number> = {
  year: (ms) => {
    const day = marchDay(ms);
    return day.year + (day.monthFromMarch >= 10 ? 1 : 0);
  },
  month: (ms) => {
    const { monthFromMarch } = marchDay(ms);
    return monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  },
  dayOfMonth: (ms) => {
    const { dayFromMarch, monthFromMarch } = marchDay(ms);
    return dayFromMarch - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  },
  dayOfYear: (ms) => {
    const { year, dayFromMarch, monthFromMarch } = marchDay(ms);
    return monthFromMarch >= 10 ? dayFromMarch - 305 : dayFromMarch + 60 + leapDay(year);
  },
  weekday: (ms) => {
    const shifted = Math.floor(ms / MS_PER_DAY) + 3; // 1 January 1970 was a Thursday
    return shifted - Math.floor(shifted / 7) * 7;
  },
  hour: (ms) => within(ms, MS_PER_DAY, MS_PER_HOUR),
  minute: (ms) => within(ms, MS_PER_HOUR, MS_PER_MINUTE),
  elapsedDays: (ms) => ms / MS_PER_DAY,
};

/** How many whole `unit`s have passed in the current `period`. */
function within(ms: number, period: number, unit: number): number {
  return Math.floor((ms - Math.floor(ms / period) * period) / unit);
}

function leapDay(year: number): number {
  const every = (n: number) => (year - Math.floor(year / n) * n === 0 ? 1 : 0);
  return every(4) - every(100) + every(400);
}

/** The day in years that begin on 1 March, so that a leap day is the last of its year. */
function marchDay(ms: number): { year: number; dayFromMarch: number; monthFromMarch: number } {
  const day = Math.floor(ms / MS_PER_DAY) + DAYS_TO_EPOCH;
  const era = Math.floor(day / DAYS_PER_ERA);
  const dayOfEra = day - era * DAYS_PER_ERA;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayFromMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayFromMarch + 2) / 153);
  return { year: yearOfEra + era * 400, dayFromMarch, monthFromMarch };
}
