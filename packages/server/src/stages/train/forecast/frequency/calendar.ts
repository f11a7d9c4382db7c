import { zoneClock } from '../../../../kernel/index.ts';
import type { Calendar, Frequency } from '../model.ts';

/**
 * What a clock shows at a time, in epoch milliseconds as if it were UTC: of times of a zone its local time, of digits such as
 * 20240131 midnight of that day, of numbers that count from 1970 on UTC. NaN for digits that are no date. Times of no
 * calendar are as they are.
 */
export function wallOf({ timeZone, digits }: Calendar, time: number): number {
  if (digits !== undefined) return wallOfDigits(digits, time);
  return timeZone === undefined ? time : zoneClock(timeZone).toWall(time);
}

/** The first time at which a clock shows this. */
export function timeOfWall({ timeZone, digits }: Calendar, wall: number): number {
  if (digits !== undefined) return digitsOf(digits, wall);
  return timeZone === undefined ? wall : zoneClock(timeZone).toMoment(wall);
}

/** What one of such numbers counts, in milliseconds; undefined of numbers that are dates by their digits. */
const EPOCHS = new Map<Calendar['digits'], number>([
  ['epoch seconds', 1000],
  ['epoch milliseconds', 1],
]);

function wallOfDigits(digits: NonNullable<Calendar['digits']>, time: number): number {
  const counted = EPOCHS.get(digits);
  if (counted !== undefined) return time * counted;
  const [year, month, day] =
    digits === 'YYYYMM'
      ? [Math.floor(time / 100), time % 100, 1]
      : [Math.floor(time / 10_000), Math.floor(time / 100) % 100, time % 100];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isDate = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1;
  return isDate && date.getUTCDate() === day ? date.getTime() : Number.NaN;
}

function digitsOf(digits: NonNullable<Calendar['digits']>, wall: number): number {
  const counted = EPOCHS.get(digits);
  if (counted !== undefined) return wall / counted;
  const date = new Date(wall);
  const month = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
  return digits === 'YYYYMM' ? month : month * 100 + date.getUTCDate();
}

/** Years that digits are taken for dates of. */
const YEARS = { least: 1900, most: 2200 };

/** Times counted from 1970 on are of these years: smaller numbers may count anything. */
const EPOCH_YEARS = { least: 1990, most: 2100 };

/**
 * The form of dates that all of these whole numbers have; undefined where there is none. NaN is missing. Numbers that count
 * from 1970 on are whole minutes of seconds, or whole seconds of milliseconds, as those of rows at a step are.
 */
export function digitsFormOf(numbers: Float64Array): Calendar['digits'] {
  const dates = (['YYYYMMDD', 'YYYYMM'] as const).find((digits) => areDates(numbers, digits));
  if (dates !== undefined) return dates;
  if (areEpochs(numbers, { counted: 1000, step: 60 })) return 'epoch seconds';
  return areEpochs(numbers, { counted: 1, step: 1000 }) ? 'epoch milliseconds' : undefined;
}

function areEpochs(numbers: Float64Array, { counted, step }: { counted: number; step: number }): boolean {
  const [least, most] = [EPOCH_YEARS.least, EPOCH_YEARS.most].map((year) => Date.UTC(year, 0, 1) / counted);
  let isAny = false;
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    if (number % step !== 0 || number < least! || number > most!) return false;
    isAny = true;
  }
  return isAny;
}

/** Months of a single year might as well be counted numbers. */
function areDates(numbers: Float64Array, digits: NonNullable<Calendar['digits']>): boolean {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    const wall = wallOfDigits(digits, number);
    if (Number.isNaN(wall)) return false;
    const year = new Date(wall).getUTCFullYear();
    [first, last] = [Math.min(first, year), Math.max(last, year)];
  }
  if (!(first >= YEARS.least && last <= YEARS.most)) return false;
  return digits === 'YYYYMMDD' || first < last;
}

/** A time as text: digits as their date, what counts from 1970 on in UTC, a local time with its offset, else UTC. */
export function textOfTime(calendar: Calendar, time: number): string {
  const wall = wallOf(calendar, time);
  if (!Number.isFinite(wall) || Math.abs(wall) > FURTHEST) return String(time);
  const text = new Date(wall).toISOString();
  if (calendar.digits !== undefined && !EPOCHS.has(calendar.digits))
    return text.slice(0, calendar.digits === 'YYYYMM' ? 7 : 10);
  if (calendar.timeZone === undefined) return text;
  return text.replace(/(?:[.]000)?Z$/, '') + offsetText(zoneClock(calendar.timeZone).offsetAt(time));
}

/** The moments of Date reach no further. */
const FURTHEST = 8.64e15;

/** `+02:00`. */
export function offsetText(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A time as rows of the dataset have it: a number, or text. */
export function writtenTime(frequency: Frequency, time: number): string | number {
  const isNumber = frequency.kind === 'fixed' && frequency.unit === 'number';
  return isNumber || frequency.digits !== undefined ? time : textOfTime(frequency, time);
}
