import { zoneClock } from '../../../kernel/index.ts';
import { type DateFormat, ISO, ISO_ZONED, isZoned } from './date-formats.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const DAY = 86_400_000;

/** Fields of a moment as they are written; those that a format lacks have the value of the first moment of the rest. */
type Fields = { year: number; month: number; day: number; hour: number; minute: number; second: number };

/** `week` and `weekday` are those of ISO 8601, whose years begin with the week of the first Thursday; `offset` is in minutes. */
type Parsed = Fields & { isAfternoon?: boolean; week?: number; weekday?: number; offset?: number };

/** Milliseconds since the epoch of trimmed text in one format, or undefined when it is none. */
export type DateParser = (text: string) => number | undefined;

/**
 * Compiles a format: `iso`, `iso-zoned`, or strptime's letters. The moment of text without an offset is in `timeZone`; one
 * that a zone skips is an hour later, of one that a zone has twice the first counts. What the calendar does not have, such
 * as 30 February, is not read. The table engine reads the same.
 */
export function dateParser({ format, pattern }: DateFormat, timeZone: string): DateParser {
  const isWhole = new RegExp(`^(?:${pattern})$`, 'i');
  const toUtc = zoneClock(timeZone).toMoment;
  const read = format === ISO || format === ISO_ZONED ? isoReader(toUtc) : lettersReader(format, toUtc);
  return (text) => (isWhole.test(text) ? read(text) : undefined);
}

const ISO_TEXT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d{1,9}))?)?)?(?: ?(Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?))?$/i;

function isoReader(toUtc: (local: number) => number): DateParser {
  return (text) => {
    const match = ISO_TEXT.exec(text);
    if (match === null) return undefined;
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
    const local = wallTime({
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
    });
    if (local === undefined) return undefined;
    const withFraction = local + Number(fraction.slice(0, 6).padEnd(6, '0')) / 1000;
    return zone === undefined ? toUtc(withFraction) : withFraction - offsetMinutes(zone) * 60_000;
  };
}

function offsetMinutes(zone: string): number {
  if (!/^[-+]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone[0] === '-' ? -minutes : minutes;
}

function set<Key extends keyof Parsed>(fields: Parsed, key: Key, value: Parsed[Key]): void {
  fields[key] = value;
}

type Reader = { pattern: string; into: (fields: Parsed, text: string) => void };

const LETTER_READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Y', { pattern: '(\\d{4})', into: (fields, text) => set(fields, 'year', Number(text)) }],
  ['y', { pattern: '(\\d{2})', into: (fields, text) => set(fields, 'year', twoDigitYear(Number(text))) }],
  ['m', { pattern: '(\\d{1,2})', into: (fields, text) => set(fields, 'month', Number(text)) }],
  ['d', { pattern: '(\\d{1,2})', into: (fields, text) => set(fields, 'day', Number(text)) }],
  ['b', { pattern: '([a-z]{3})', into: (fields, text) => set(fields, 'month', monthNamed(text)) }],
  ['B', { pattern: '([a-z]{3,9})', into: (fields, text) => set(fields, 'month', monthNamed(text)) }],
  ['H', { pattern: '(\\d{1,2})', into: (fields, text) => set(fields, 'hour', Number(text)) }],
  ['I', { pattern: '(\\d{1,2})', into: (fields, text) => set(fields, 'hour', Number(text) % 12) }],
  ['M', { pattern: '(\\d{2})', into: (fields, text) => set(fields, 'minute', Number(text)) }],
  ['S', { pattern: '(\\d{2})', into: (fields, text) => set(fields, 'second', Number(text)) }],
  ['C', { pattern: '(\\d{4})', into: (fields, text) => set(fields, 'year', Number(text)) }],
  ['q', { pattern: '(\\d)', into: (fields, text) => set(fields, 'month', 3 * Number(text) - 2) }],
  ['V', { pattern: '(\\d{2})', into: (fields, text) => set(fields, 'week', Number(text)) }],
  ['u', { pattern: '(\\d)', into: (fields, text) => set(fields, 'weekday', Number(text)) }],
  ['a', { pattern: '([a-z]{3})', into: () => {} }],
  ['A', { pattern: '([a-z]{6,9})', into: () => {} }],
  [
    'z',
    {
      pattern: '([-+]\\d{2}:?\\d{2})',
      into: (fields, text) => set(fields, 'offset', offsetMinutes(text)),
    },
  ],
  ['p', { pattern: '(am|pm)', into: (fields, text) => set(fields, 'isAfternoon', /^pm$/i.test(text)) }],
]);

/** 69 to 99 are of the last century, as strptime has it. */
function twoDigitYear(year: number): number {
  return year < 69 ? 2000 + year : 1900 + year;
}

function monthNamed(text: string): number {
  return MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

function lettersReader(format: string, toUtc: (local: number) => number): DateParser {
  const readers: Reader[] = [];
  const source = format.replace(/%(\w)|[.]/g, (whole, letter: string | undefined) => {
    if (letter === undefined) return `[${whole}]`;
    const reader = LETTER_READERS.get(letter);
    if (reader === undefined) throw new Error(`no date format has %${letter}`);
    readers.push(reader);
    return reader.pattern;
  });
  const expression = new RegExp(`^${source}$`, 'i');
  return (text) => {
    const match = expression.exec(text);
    if (match === null) return undefined;
    const fields: Parsed = {
      year: 1970,
      month: 1,
      day: 1,
      hour: 0,
      minute: 0,
      second: 0,
    };
    readers.forEach((reader, i) => {
      reader.into(fields, match[i + 1]!);
    });
    if (fields.isAfternoon === true) fields.hour += 12;
    const local = fields.week === undefined ? wallTime(fields) : dayOfWeek(fields, fields.week);
    if (local === undefined) return undefined;
    return isZoned(format) ? local - (fields.offset ?? 0) * 60_000 : toUtc(local);
  };
}

/** Midnight of a day of an ISO week, its Monday unless told; undefined for the 53rd week of a year that has 52. */
function dayOfWeek({ year, weekday = 1 }: Parsed, week: number): number | undefined {
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * DAY + (week - 1) * 7 * DAY;
  const isOfYear = new Date(monday + 3 * DAY).getUTCFullYear() === year;
  return isOfYear ? monday + (weekday - 1) * DAY : undefined;
}

/** The moment as if the clock showed UTC; undefined when the calendar has no such day or time. */
function wallTime({ year, month, day, hour, minute, second }: Fields): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}
