import type { DatePart } from '../../prepare/index.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { doubleTensor } from './tensors.ts';

const MS_PER_DAY = 86_400_000;

/** Elementwise arithmetic on doubles as graph nodes. Missing (NaN) stays missing through all of it. */
type Arithmetic = Record<'add' | 'subtract' | 'times' | 'over', (a: string, b: string | number) => string> & {
  floor(a: string): string;
  atLeast(a: string, least: number): string;
};

/**
 * Adds the nodes that compute a date part (a double) from epoch milliseconds (a double) in UTC.
 *
 * The civil calendar comes by arithmetic alone: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (days_to_civil), with floors of quotients in place of integer division; every number stays far below 2^53.
 */
export function addDatePart(graph: GraphBuilder, part: DatePart, milliseconds: string): string {
  return PARTS[part](arithmetic(graph), milliseconds);
}

const PARTS: Record<DatePart, (a: Arithmetic, ms: string) => string> = {
  elapsedDays: (a, ms) => a.over(ms, MS_PER_DAY),
  minute: (a, ms) => remainder(a, wholeQuotient(a, ms, 60_000), 60),
  hour: (a, ms) => remainder(a, wholeQuotient(a, ms, 3_600_000), 24),
  // Day 0 was a Thursday, which is 3 when Monday is 0.
  weekday: (a, ms) => remainder(a, a.add(wholeDays(a, ms), 3), 7),
  year: (a, ms) => civil(a, ms).year,
  month: (a, ms) => civil(a, ms).month,
  dayOfMonth: (a, ms) => civil(a, ms).day,
  dayOfYear: (a, ms) => civil(a, ms).dayOfYear,
};

/** Year, month (1 to 12), day (1 to 31) and day of the year (1 to 366). */
function civil(a: Arithmetic, ms: string): Record<'year' | 'month' | 'day' | 'dayOfYear', string> {
  // Years run from 1 March, so that the leap day is the last; eras are 400 years of 146,097 days.
  const days = a.add(wholeDays(a, ms), 719_468);
  const era = wholeQuotient(a, days, 146_097);
  const dayOfEra = a.subtract(days, a.times(era, 146_097));
  const leaps = a.subtract(
    a.add(a.subtract(dayOfEra, wholeQuotient(a, dayOfEra, 1460)), wholeQuotient(a, dayOfEra, 36_524)),
    wholeQuotient(a, dayOfEra, 146_096),
  );
  const yearOfEra = wholeQuotient(a, leaps, 365);
  const fullYears = a.add(a.times(yearOfEra, 365), quarterDays(a, yearOfEra));
  const dayFromMarch = a.subtract(dayOfEra, fullYears);
  const monthFromMarch = wholeQuotient(a, a.add(a.times(dayFromMarch, 5), 2), 153);
  const daysBeforeMonth = wholeQuotient(a, a.add(a.times(monthFromMarch, 153), 2), 5);
  const day = a.add(a.subtract(dayFromMarch, daysBeforeMonth), 1);
  const isNextYear = a.atLeast(monthFromMarch, 10);
  const month = a.subtract(a.add(monthFromMarch, 3), a.times(isNextYear, 12));
  const year = a.add(a.add(yearOfEra, a.times(era, 400)), isNextYear);
  return { year, month, day, dayOfYear: dayOfYear(a, year, dayFromMarch, isNextYear) };
}

/** January and February are days 306 to 366 counted from March; March 1 is day 60, or 61 in a leap year. */
function dayOfYear(a: Arithmetic, year: string, dayFromMarch: string, isNextYear: string): string {
  const leap = isLeap(a, year);
  const fromMarch = a.add(a.add(dayFromMarch, 60), leap);
  const shift = a.times(isNextYear, a.add(leap, 365));
  return a.subtract(fromMarch, shift);
}

/** 1 in leap years, else 0: a year is a leap year when one more multiple of 4, less 100, plus 400 begins with it. */
function isLeap(a: Arithmetic, year: string): string {
  const before = a.subtract(year, 1);
  return a.subtract(leapsThrough(a, year), leapsThrough(a, before));
}

function leapsThrough(a: Arithmetic, year: string): string {
  return a.add(
    a.subtract(wholeQuotient(a, year, 4), wholeQuotient(a, year, 100)),
    wholeQuotient(a, year, 400),
  );
}

/** Leap days in the first `years` years of an era, without its last. */
function quarterDays(a: Arithmetic, years: string): string {
  return a.subtract(wholeQuotient(a, years, 4), wholeQuotient(a, years, 100));
}

function wholeDays(a: Arithmetic, ms: string): string {
  return wholeQuotient(a, ms, MS_PER_DAY);
}

function wholeQuotient(a: Arithmetic, value: string, divisor: number): string {
  return a.floor(a.over(value, divisor));
}

function remainder(a: Arithmetic, value: string, divisor: number): string {
  return a.subtract(value, a.times(wholeQuotient(a, value, divisor), divisor));
}

function arithmetic(graph: GraphBuilder): Arithmetic {
  const operand = (b: string | number) => (typeof b === 'string' ? b : graph.constant(doubleTensor([b], [])));
  const binary = (opType: string) => (a: string, b: string | number) => graph.node(opType, [a, operand(b)]);
  return {
    add: binary('Add'),
    subtract: binary('Sub'),
    times: binary('Mul'),
    over: binary('Div'),
    floor: (a) => graph.node('Floor', [a]),
    // 1 from `least` up, 0 below: halves are avoided since both are whole.
    atLeast: (a, least) => graph.node('Floor', [graph.node('Div', [a, operand(least)])]),
  };
}
