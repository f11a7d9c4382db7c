import type { DateOrder } from '@slipway/contract';

/** A form of dates: its name in strptime's letters, and what text has it. */
export type DateFormat = { format: string; pattern: string };

/** `YYYY-MM-DD` with an optional time; `iso-zoned` ends in Z or an offset. The engine knows both by these names. */
export const ISO = 'iso';
export const ISO_ZONED = 'iso-zoned';

/** The form of sources that have timestamps of their own. */
export const NATIVE: DateFormat = { format: 'native', pattern: '' };

const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const FULL_MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december';
const DAYS = 'mon|tue|wed|thu|fri|sat|sun';
const FULL_DAYS = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';

const LETTERS = new Map(
  Object.entries({
    Y: '\\d{4}',
    y: '\\d{2}',
    m: '(?:0?[1-9]|1[0-2])',
    d: '(?:0?[1-9]|[12]\\d|3[01])',
    b: `(?:${MONTHS})`,
    B: `(?:${FULL_MONTHS})`,
    H: '(?:[01]?\\d|2[0-3])',
    I: '(?:0?[1-9]|1[0-2])',
    M: '[0-5]\\d',
    S: '[0-5]\\d',
    p: '(?:am|pm)',
    a: `(?:${DAYS})`,
    A: `(?:${FULL_DAYS})`,
    z: '[-+]\\d{2}:?\\d{2}',
    // Not of strptime: a year from 1900 to 2199, a quarter, an ISO week and its weekday from Monday on.
    C: '(?:19|20|21)\\d{2}',
    q: '[1-4]',
    V: '(?:0[1-9]|[1-4]\\d|5[0-3])',
    u: '[1-7]',
  }),
);

const TIMES = ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'];
const DATED = [
  '%Y/%m/%d',
  '%m/%d/%Y',
  '%d/%m/%Y',
  '%d.%m.%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%m/%d/%y',
  '%d/%m/%y',
  '%d.%m.%y',
  '%Y.%m.%d',
];
const WORDED = [
  '%b %d %Y',
  '%b %d, %Y',
  '%B %d, %Y',
  '%B %d %Y',
  '%d %b %Y',
  '%d %B %Y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%b %d %y',
];
/** Days in words beside which exports write a time. */
const TIMED = ['%b %d %Y', '%b %d, %Y', '%B %d, %Y', '%d %b %Y', '%d %B %Y', '%d-%b-%Y', '%d-%b-%y'];
const WEEKDAYS = ['%A, %B %d, %Y', '%a, %b %d, %Y', '%A, %d %B %Y', '%a, %d %b %Y', '%a %d %b %Y'];
/** Of mails, of web servers and their logs; each says its offset from UTC. */
const ZONED = [
  '%a, %d %b %Y %H:%M:%S GMT',
  '%a, %d %b %Y %H:%M:%S %z',
  '%d %b %Y %H:%M:%S %z',
  '%d/%b/%Y:%H:%M:%S %z',
];
/** Every field of these has all its digits. */
const COMPACT = ['%Y%m%d %H:%M', '%Y%m%d %H:%M:%S', '%Y%m%dT%H%M%S', '%Y%m%dT%H%M%SZ'];
const MONTHLY = ['%Y-%m', '%Y/%m', '%Y %b', '%Y %B', '%b %Y', '%B %Y', '%b-%Y', '%b-%y'];

/** Months and quarters of statistical offices; years are those of a calendar, since codes may look alike. */
const PERIODS = [
  '%m/%C',
  '%m-%C',
  '%CM%m',
  '%C-M%m',
  '%CQ%q',
  '%C-Q%q',
  '%C Q%q',
  'Q%q %C',
  'Q%q-%C',
  'Q%q/%C',
  '%CW%V',
  '%C-W%V',
  '%CW%V%u',
  '%C-W%V-%u',
];

/** Digits alone are numbers, unless the type of the column is given. */
const DIGITS = ['%C%m%d', '%C%m'];

const TIME_TAIL = '[T ]\\d{1,2}:\\d{2}(?::\\d{2}(?:[.]\\d{1,9})?)?';

/** Every form of dates we read, the more usual first. */
export const DATE_FORMATS: readonly DateFormat[] = [
  { format: ISO, pattern: `\\d{4}-\\d{1,2}-\\d{1,2}(?:${TIME_TAIL})?` },
  {
    format: ISO_ZONED,
    pattern: `\\d{4}-\\d{1,2}-\\d{1,2}${TIME_TAIL} ?(?:Z|UTC|GMT|[-+]\\d{2}(?::?\\d{2})?)`,
  },
  ...[...withTimes(DATED), ...WORDED, ...MONTHLY, ...PERIODS].map(named),
  ...[...withTimes(TIMED), ...WEEKDAYS, ...ZONED].filter((form) => !WORDED.includes(form)).map(named),
  ...COMPACT.map((format) => ({ format, pattern: digitsPattern(format) })),
];

/** Days, also with a time, and in words also with a comma before it. */
function withTimes(days: readonly string[]): string[] {
  return days.flatMap((day) => [
    ...TIMES.map((time) => day + time),
    ...(day.includes(',') ? TIMES.slice(1).map((time) => `${day},${time}`) : []),
  ]);
}

/** Whether text of the form says its offset from UTC. */
export function isZoned(format: string): boolean {
  return format === ISO_ZONED || /(?:%z| GMT|SZ)$/.test(format);
}

/** Forms that only a column whose type is given as timestamp is read in: `YYYYMMDD` and `YYYYMM`. */
export const DIGIT_FORMATS: readonly DateFormat[] = DIGITS.map((format) => ({
  format,
  pattern: digitsPattern(format),
}));

/** Which of day, month and year comes first; null where the form leaves no doubt. */
export function orderOf({ format }: DateFormat): DateOrder | null {
  if (/^%d[/.-]%m/.test(format)) return 'dmy';
  return /^%m[/.-]%d/.test(format) ? 'mdy' : null;
}

/** Every form that agrees with an order: those of it, and those that leave no doubt. `ymd` takes only the latter. */
export function formsOfOrder(order: DateOrder | null): DateFormat[] {
  return DATE_FORMATS.filter((form) => [null, order].includes(orderOf(form)));
}

function named(format: string): DateFormat {
  return { format, pattern: patternOf(format) };
}

/** Without marks every field has all its digits. */
function digitsPattern(format: string): string {
  return patternOf(format).replaceAll('0?', '0');
}

function patternOf(format: string): string {
  return format.replace(/%(\w)|[.]/g, (whole, letter: string | undefined) =>
    letter === undefined ? `[${whole}]` : LETTERS.get(letter)!,
  );
}

const BY_NAME = new Map([...DATE_FORMATS, ...DIGIT_FORMATS].map((form) => [form.format, form]));

/** The form of a name; undefined when there is none. */
export function formatNamed(name: string): DateFormat | undefined {
  return BY_NAME.get(name);
}
