import { type DateFormat, ISO, ISO_ZONED } from './date-formats.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Fields of a moment as they are written; those that a format lacks have the value of the first moment of the rest. */
type Fields = { year: number; month: number; day: number; hour: number; minute: number; second: number };

type Parsed = Fields & { isAfternoon?: boolean };

/** Milliseconds since the epoch of trimmed text in one format, or undefined when it is none. */
export type DateParser = (text: string) => number | undefined;

/**
 * Compiles a format: `iso`, `iso-zoned`, or strptime's letters. The moment of text without an offset is in `timeZone`; one
 * that a zone skips is an hour later, of one that a zone has twice the first counts. What the calendar does not have, such
 * as 30 February, is not read. The table engine reads the same.
 */
export function dateParser({ format, pattern }: DateFormat, timeZone: string): DateParser {
  const isWhole = new RegExp(`^(?:${pattern})$`, 'i');
  const toUtc = zoneReader(timeZone);
  const read = format === ISO || format === ISO_ZONED ? isoReader(toUtc) : lettersReader(format, toUtc);
  return (text) => (isWhole.test(text) ? read(text) : undefined);
}

const ISO_TEXT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d{1,9}))?)?)?(?: ?(Z|[-+]\d{2}(?::?\d{2})?))?$/i;

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
  if (/^z$/i.test(zone)) return 0;
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
    const local = wallTime(fields);
    return local === undefined ? undefined : toUtc(local);
  };
}

/** The moment as if the clock showed UTC; undefined when the calendar has no such day or time. */
function wallTime({ year, month, day, hour, minute, second }: Fields): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** From what the clock of a zone shows to UTC, both in milliseconds since the epoch. */
export function zoneReader(timeZone: string): (local: number) => number {
  if (timeZone === 'UTC') return (local) => local;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  const offsetAt = (moment: number) => shown(clock, moment) - Math.floor(moment / 1000) * 1000;
  const DAY_MS = 86_400_000;
  return (local) => {
    const before = offsetAt(local - DAY_MS);
    const after = offsetAt(local + DAY_MS);
    const early = local - before;
    if (before === after) return early;
    // Of a time that the clock shows twice the first; one that it skips is read with the offset before the change.
    if (offsetAt(early) === before) return early;
    const late = local - after;
    return offsetAt(late) === after ? late : early;
  };
}

function shown(clock: Intl.DateTimeFormat, moment: number): number {
  const parts = new Map(clock.formatToParts(moment).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  const date = new Date(
    Date.UTC(2000, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
  );
  date.setUTCFullYear(year, part('month') - 1, part('day'));
  return date.getTime();
}
