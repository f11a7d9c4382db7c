import { isZoned, type Reading } from '../../stages/ingest/index.ts';
import { literal } from './sql-text.ts';

/** What surrounds text without counting: the same marks as JavaScript's trim, of those that files have. */
export const BLANKS = "concat(' ', chr(9), chr(10), chr(13), chr(160), chr(8239), chr(12288), chr(65279))";

type TimeReading = Extract<Reading, { as: 'timestamp' }>;

/** The moment of text in one of the forms; the engine alone would take more, such as 10-1-1 for a day of the year 10. */
function parsedTime(raw: string, { forms, timeZone }: TimeReading): string {
  const text = `trim(${raw}, ${BLANKS})`;
  const tries = forms.map(({ format, pattern }) => {
    const parsed = parserOf(format)(text, format);
    const moment = timeZone === 'UTC' || isZoned(format) ? parsed : inZone(parsed, timeZone);
    return `WHEN regexp_full_match(${text}, ${literal(pattern)}, 'i') THEN ${moment}`;
  });
  return tries.length === 0 ? 'NULL::TIMESTAMP' : `CASE ${tries.join(' ')} END`;
}

/**
 * Moments in the two forms that nearly all have, `2024-05-06` and `2024-05-06 07:08:09`, are let pass when the engine writes
 * them as they stand; the full question is asked of the other rows alone.
 */
export function usualTime(raw: string, reading: TimeReading): string {
  const full = parsedTime(raw, reading);
  if (reading.timeZone !== 'UTC' || reading.forms[0]?.format !== 'iso') return full;
  const [day, moment] = ['DATE', 'TIMESTAMP'].map((type) => `try_cast(${raw} AS ${type})`);
  const isDay = `strlen(${raw}) = 10 AND ${day}::VARCHAR = ${raw}`;
  const isMoment = `strlen(${raw}) = 19 AND ${moment}::VARCHAR = ${raw}`;
  return `CASE WHEN ${isDay} THEN ${day}::TIMESTAMP WHEN ${isMoment} THEN ${moment} ELSE ${full} END`;
}

/** What a clock of the zone shows, in UTC. The engine's session is in UTC. */
function inZone(local: string, timeZone: string): string {
  return `timezone(${literal(timeZone)}, ${local})::TIMESTAMP`;
}

type TimeParser = (text: string, format: string) => string;

const TIME_PARSERS: ReadonlyMap<string, TimeParser> = new Map<string, TimeParser>([
  ['iso', (text) => `try_cast(${text} AS TIMESTAMP)`],
  // The engine asks for seconds where there is an offset.
  ['iso-zoned', (text) => `try_cast(${withSeconds(text)} AS TIMESTAMPTZ)::TIMESTAMP`],
]);

/** Months, quarters and weeks of a year, which the engine's strptime reads otherwise or not at all. */
function periodParser(text: string, format: string): string {
  const field = (letter: string) => `try_cast(${fieldOf(text, format, letter)} AS INTEGER)`;
  const year = field('C');
  if (format.includes('%q')) return `make_date(${year}, 3 * ${field('q')} - 2, 1)::TIMESTAMP`;
  if (!format.includes('%V')) {
    const day = format.includes('%d') ? fieldOf(text, format, 'd') : "'01'";
    const [y, m] = [fieldOf(text, format, 'C'), fieldOf(text, format, 'm')];
    return `try_cast(concat(${y}, '-', ${m}, '-', ${day}) AS TIMESTAMP)`;
  }
  const monday = `date_trunc('week', make_date(${year}, 1, 4)) + to_days(7 * (${field('V')} - 1))`;
  const weekday = format.includes('%u') ? `to_days(${field('u')} - 1)` : 'to_days(0)';
  return `CASE WHEN year(${monday} + to_days(3)) = ${year} THEN (${monday} + ${weekday})::TIMESTAMP END`;
}

const DIGITS = new Map([
  ['C', '[0-9]{4}'],
  ['m', '[0-9]{1,2}'],
  ['d', '[0-9]{1,2}'],
  ['V', '[0-9]{2}'],
]);

/** The digits of one letter of a format. */
function fieldOf(text: string, format: string, letter: string): string {
  const form = format.replace(/%(\w)/g, (_, one: string) => {
    const part = DIGITS.get(one) ?? '[0-9]';
    return one === letter ? `(${part})` : part;
  });
  return `regexp_extract(${text}, ${literal(`^${form}$`)}, 1, 'i')`;
}

function withSeconds(text: string): string {
  const form = String.raw`^(\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}) ?([Zz+-].*)$`;
  const inUtc = `regexp_replace(${text}, ' ?(?:UTC|GMT)$', 'Z', 'i')`;
  return `regexp_replace(${inUtc}, ${literal(form)}, ${literal(String.raw`\1:00\2`)})`;
}

function parserOf(format: string): TimeParser {
  if (format.includes('%C')) return periodParser;
  return TIME_PARSERS.get(format) ?? ((text, form) => `try_strptime(${text}, ${literal(form)})::TIMESTAMP`);
}
