import type { NumberUnit } from '@slipway/contract';
import {
  type CodeTrial,
  fits,
  missingNumbers,
  type RawColumn,
  type RawKind,
  type Reading,
  type TableSource,
  unitPattern,
} from '../../stages/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';
import { BLANKS, usualTime } from './time-sql.ts';

/**
 * A raw column under a reading, in three expressions over an inner query that computes `raw` and `parsed` once.
 * A `CASE` recomputes what its branches repeat, hence the inner query; lists behind IN become joins that lose the
 * order of rows, hence the regular expression for missing words.
 */
export type ReadingSql = {
  /** Expressions of the inner query, named x and n with the column's number. */
  inner: string[];
  fits: string;
  missing: string;
  value: string;
};

/** Longer than any record that the room lets pass (2 Mi characters of at most 3 bytes, quotes doubled). */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** Number.MAX_SAFE_INTEGER: up to here every whole number is a 64-bit float of its own. */
const EXACT = '9007199254740991';

/** The SQL of reading column number `i` of a source. */
export function readingSql(
  source: TableSource,
  from: RawColumn,
  reading: Reading | CodeTrial,
  i: number,
): ReadingSql {
  const x = `x${i}`;
  const raw = from.path.map(identifier).join('.');
  if (reading.as === 'string') return stringSql(source, from.kind, raw, x);
  const sql = isText(from.kind)
    ? textSql(source, textOf(from.kind, raw), reading, i)
    : nativeSql(from.kind, raw, reading, i);
  return reading.as === 'code' ? sql : withoutWords(sql, missingValues(source, from.kind, reading, i));
}

/** With those values missing that would fit, but are missing-value words: -999, 9999-12-31. */
function withoutWords(sql: ReadingSql, isWordValue: string | undefined): ReadingSql {
  if (isWordValue === undefined) return sql;
  const isMissing = `coalesce(${isWordValue}, false)`;
  return {
    ...sql,
    fits: `(coalesce(${sql.fits}, false) AND NOT ${isMissing})`,
    missing: `(${sql.missing} OR ${isMissing})`,
  };
}

/** The condition that a value is one of the words that fit the reading; undefined where none does, as usual. */
function missingValues(
  { missingWords = [] }: TableSource,
  kind: RawKind,
  reading: Exclude<Reading, { as: 'string' }>,
  i: number,
): string | undefined {
  if (reading.as === 'integer' || reading.as === 'number') {
    const numbers = [...missingNumbers(missingWords, reading)];
    return anyOf(numbers.map((number) => `n${i} = ${number}::DOUBLE`));
  }
  if (isText(kind)) {
    const fitting = missingWords.filter((word) => fits(word, reading));
    return anyOf(fitting.map((word) => `trim(x${i}, ${BLANKS}) = ${literal(word)}`));
  }
  const moments = missingWords.filter((word) => kind === 'timestamp' && isMoment(word));
  return anyOf(moments.map((word) => `x${i}::TIMESTAMP = ${literal(word)}::TIMESTAMP`));
}

function anyOf(conditions: readonly string[]): string | undefined {
  return conditions.length === 0 ? undefined : `(${conditions.join(' OR ')})`;
}

function isMoment(word: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?$/.test(word) && !Number.isNaN(Date.parse(word));
}

/** Kinds whose values are written as text, whatever they mean. */
function isText(kind: RawKind): boolean {
  return kind === 'text' || kind === 'json' || kind === 'number-text';
}

/** JSON of mixed kinds as its text, strings without their quotes. */
function textOf(kind: RawKind, raw: string): string {
  if (kind === 'json') return `(${raw} ->> '$')`;
  return kind === 'nested' ? `to_json(${raw})::VARCHAR` : `${raw}::VARCHAR`;
}

/**
 * Text as it is written. A missing-value word is kept, without spaces around it: whoever reads the column decides whether
 * it is missing or a class. What is blank is missing.
 */
function stringSql(source: TableSource, kind: RawKind, raw: string, x: string): ReadingSql {
  const isSpaced = `(${x} < '!' OR ends_with(${x}, ' ') OR ends_with(${x}, chr(9)))`;
  const bare = `trim(${x}, ${BLANKS})`;
  const word = `CASE WHEN ${isWord(bare, source.missingWords ?? [])} THEN nullif(${bare}, '') ELSE ${x} END`;
  return {
    inner: [`${textOf(kind, raw)} AS ${x}`],
    fits: 'true',
    missing: missingText(source, x),
    value: `CASE WHEN ${isSpaced} THEN ${word} ELSE ${x} END`,
  };
}

/** A value of a source with types. What is not finite is missing. */
function nativeSql(kind: RawKind, raw: string, reading: Reading | CodeTrial, i: number): ReadingSql {
  const [x, n] = [`x${i}`, `n${i}`];
  const value = nativeValue(kind, reading, raw);
  return {
    inner: [`${raw} AS ${x}`, `${value} AS ${n}`],
    fits: reading.as === 'integer' ? `abs(try_cast(${n} AS HUGEINT)) <= ${EXACT}` : `${n} IS NOT NULL`,
    missing: `coalesce(NOT ${isFiniteValue(kind, x)}, true)`,
    value: reading.as === 'integer' ? `${n}::BIGINT` : n,
  };
}

function isFiniteValue(kind: RawKind, x: string): string {
  if (kind === 'number') return `isfinite(${x}::DOUBLE)`;
  return kind === 'timestamp' ? `isfinite(${x}::TIMESTAMP)` : `(${x} IS NOT NULL)`;
}

function nativeValue(kind: RawKind, reading: Reading | CodeTrial, raw: string): string {
  if (reading.as === 'number') return `CASE WHEN isfinite(${raw}::DOUBLE) THEN ${raw}::DOUBLE END`;
  if (reading.as === 'boolean' && kind !== 'boolean')
    return `CASE WHEN ${raw} = 1 THEN true WHEN ${raw} = 0 THEN false END`;
  if (reading.as === 'integer' && kind === 'boolean') return `${raw}::BIGINT`;
  if (reading.as === 'timestamp' && kind === 'timestamp')
    return `CASE WHEN isfinite(${raw}::TIMESTAMP) THEN ${raw}::TIMESTAMP END`;
  return raw;
}

function textSql(
  source: TableSource,
  raw: string,
  reading: Exclude<Reading, { as: 'string' }> | CodeTrial,
  i: number,
): ReadingSql {
  const x = `x${i}`;
  const n = `n${i}`;
  const missing = missingText(source, x);
  const of = (parsed: string, fits: string, value: string): ReadingSql => ({
    inner: [`${raw} AS ${x}`, `${parsed} AS ${n}`],
    fits,
    missing,
    value,
  });
  switch (reading.as) {
    case 'boolean':
      return of(`lower(trim(${raw}, ${BLANKS}))`, `(${n} = 'true' OR ${n} = 'false')`, `(${n} = 'true')`);
    case 'timestamp':
      return of(usualTime(raw, reading), `${n} IS NOT NULL`, n);
    case 'code':
      return of(`trim(${raw}, ${BLANKS})`, `NOT ${isCode(n)}`, n);
    default:
      return numberSql(raw, reading, { x, n, missing });
  }
}

/** Digits that are no number: led by a zero and another digit, too many for a 64-bit float, or a telephone number. */
function isCode(text: string): string {
  const digits = `regexp_full_match(${text}, '[-+]?[0-9]+')`;
  const isLarge = `(length(${text}) > 15 AND coalesce(abs(try_cast(${text} AS DOUBLE)) > ${EXACT}, true))`;
  const isTelephone = `(${text} >= '+' AND ${text} < ',' AND length(${text}) >= 8)`;
  return `coalesce((${digits} AND (${zeroLed(text)} OR ${isLarge} OR ${isTelephone})), false)`;
}

type NumberReading = Extract<Reading, { as: 'integer' | 'number' }>;

function numberSql(
  raw: string,
  reading: NumberReading,
  { x, n, missing }: { x: string; n: string; missing: string },
): ReadingSql {
  const bare = reading.unit === undefined ? raw : unitless(raw, reading.unit);
  const grouped = reading.thousands === '' ? bare : ungrouped(bare, reading);
  const plain = reading.decimal === ',' ? `replace(${grouped}, ',', '.')` : grouped;
  const parsed = `try_cast(${plain} AS DOUBLE)`;
  const value = reading.as === 'integer' ? `${n}::BIGINT` : n;
  if (reading.thousands === '' && reading.unit === undefined)
    return plainNumberSql(raw, parsed, reading, { x, n, missing });
  // What is asked of plain numbers is asked of the text without its marks.
  const y = `y${x}`;
  return {
    inner: [`${raw} AS ${x}`, `${grouped} AS ${y}`, `${parsed} AS ${n}`],
    fits: `coalesce(${numberFits(reading, y, n)}, false)`,
    missing,
    value,
  };
}

/**
 * What nearly all numbers look like is let pass by a cheaper question, which only says yes where the full one would; the
 * full one is asked of the other rows alone, since a `CASE` evaluates each branch for the rows that come to it.
 */
function plainNumberSql(
  raw: string,
  parsed: string,
  reading: NumberReading,
  { x, n, missing }: { x: string; n: string; missing: string },
): ReadingSql {
  const isWhole = reading.as === 'integer';
  const type = isWhole ? 'BIGINT' : 'DOUBLE';
  const whole = `try_cast(${raw} AS BIGINT)`;
  const branches = [
    ...(isWhole ? [] : [`WHEN ${usualFraction(raw, reading.decimal)} THEN ${parsed}`]),
    `WHEN ${whole} BETWEEN -${EXACT} AND ${EXACT} AND ${whole}::VARCHAR = ${raw} THEN ${whole}::${type}`,
    `WHEN ${anyNumber(reading, raw, parsed)} THEN ${parsed}::${type}`,
  ];
  return {
    inner: [`${raw} AS ${x}`, `CASE ${branches.join(' ')} END AS ${n}`],
    fits: isWhole ? `${n} IS NOT NULL` : `isfinite(${n})`,
    missing,
    value: n,
  };
}

/** Text with a decimal mark that begins with a digit, a minus or the point: the engine takes what we take of it, and infinities. */
function usualFraction(x: string, decimal: '.' | ','): string {
  const noPoint = decimal === ',' ? ` AND NOT contains(${x}, '.')` : '';
  return `${x} >= '-' AND ${x} < ':' AND contains(${x}, '${decimal}') AND NOT contains(${x}, '_')${noPoint}`;
}

/** Text without the unit beside the number, as `withoutUnit` has it; null where there is none. */
function unitless(raw: string, unit: NumberUnit): string {
  const pattern = literal(unitPattern(unit));
  const bare = `trim(${raw}, ${BLANKS})`;
  const group = (i: number) => `regexp_extract(${bare}, ${pattern}, ${i})`;
  const negative = `CASE WHEN starts_with(${bare}, '(') OR ends_with(${bare}, '-') THEN '-' ELSE '' END`;
  return `CASE WHEN regexp_full_match(${bare}, ${pattern}) THEN concat(${negative}, ${[1, 2, 3, 4, 5].map(group).join(', ')}) END`;
}

/** Text without the marks between its groups; null where they stand elsewhere than between groups of three digits. */
function ungrouped(raw: string, { decimal, thousands }: NumberReading): string {
  if (thousands === ' ')
    return ungroupedBy(`translate(${raw}, concat(chr(160), chr(8239)), '  ')`, ' ', decimal);
  return ungroupedBy(raw, thousands, decimal);
}

function ungroupedBy(raw: string, thousands: string, decimal: string): string {
  const mark = thousands === '.' ? '[.]' : thousands;
  const end = decimal === '.' ? '[.]' : decimal;
  const form = literal(`\\s*[-+]?[1-9]\\d{0,2}(?:${mark}\\d{3})+(?:${end}\\d*)?\\s*`);
  const without = `CASE WHEN regexp_full_match(${raw}, ${form}) THEN replace(${raw}, ${literal(thousands)}, '') END`;
  return `CASE WHEN contains(trim(${raw}, ${BLANKS}), ${literal(thousands)}) THEN ${without} ELSE ${raw} END`;
}

/**
 * The engine takes more for a number than we do: 1_000, inf, codes such as 007, digits beyond what a float holds. What
 * nearly all numbers look like is let pass by a cheaper question, which only says yes where the full one would.
 */
function numberFits(reading: NumberReading, x: string, n: string): string {
  return `(${usualNumber(reading, x, n)} OR ${anyNumber(reading, x, n)})`;
}

/** Whole numbers as we would write them; numbers with a decimal mark. */
function usualNumber({ as, decimal }: NumberReading, x: string, n: string): string {
  if (as === 'integer') return `(abs(${n}) <= ${EXACT} AND try_cast(${n} AS BIGINT)::VARCHAR = ${x})`;
  const noPoint = decimal === ',' ? ` AND NOT contains(${x}, '.')` : '';
  return `(contains(${x}, '${decimal}') AND isfinite(${n}) AND NOT contains(${x}, '_') AND NOT ${twoSigned(x)}${noPoint})`;
}

function anyNumber({ as, decimal }: NumberReading, x: string, n: string): string {
  const exact =
    as === 'integer'
      ? `${n} = trunc(${n}) AND abs(${n}) <= ${EXACT}`
      : `(abs(${n}) <= ${EXACT} OR contains(${x}, '${decimal}') OR contains(lower(${x}), 'e'))`;
  const noPoint = decimal === ',' ? ` AND NOT contains(${x}, '.')` : '';
  return `(isfinite(${n}) AND ${exact} AND NOT contains(${x}, '_') AND NOT ${twoSigned(`ltrim(${x})`)}${noPoint} AND NOT (${zeroLed(`ltrim(${x})`)} AND NOT contains(${x}, '${decimal}')))`;
}

/** The engine reads `+-1` as -1. */
function twoSigned(x: string): string {
  return `(${x} >= '+-' AND ${x} < '+.')`;
}

/** Led by a zero and another digit, after a sign or none. */
function zeroLed(x: string): string {
  return ['', '-', '+']
    .map((sign) => `(${x} >= '${sign}00' AND ${x} < '${sign}0:')`)
    .join(' OR ')
    .replace(/^.*$/, '($&)');
}

const BLANK = '[\\s\\x{00a0}\\x{202f}\\x{3000}\\x{feff}]';

/** Whether bare text is one of the words. Comparisons: lists behind IN become joins that lose the order of rows. */
function isWord(bare: string, words: readonly string[]): string {
  return `(${['', ...words].map((word) => `${bare} = ${literal(word)}`).join(' OR ')})`;
}

/**
 * Missing: null, blank, or a missing-value word with spaces around it. Never null itself. One regular expression, since long
 * conditions of many columns take long to plan.
 */
function missingText(source: TableSource, x: string): string {
  const words = (source.missingWords ?? []).map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return `coalesce(regexp_full_match(${x}, ${literal(`${BLANK}*(?:${words.join('|')})?${BLANK}*`)}), true)`;
}

/** Whether a value is present and does not fit. */
export function against({ fits, missing }: ReadingSql): string {
  return `(NOT coalesce(${fits}, false) AND NOT ${missing})`;
}

/** The source as a relation of SQL, every field of delimited text as text. */
export function relation(source: TableSource): string {
  if (source.format === 'parquet') return `read_parquet(${literal(source.path)})`;
  const columns = Array.from({ length: source.columns }, (_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const options = [
    literal(source.path),
    'auto_detect = false',
    `columns = {${columns}}`,
    `header = ${source.header}`,
    `delim = ${literal(source.delimiter)}`,
    `quote = ${literal(source.quote)}`,
    `escape = ${literal(source.escape)}`,
    'strict_mode = true',
    'null_padding = false',
    "nullstr = ['']",
    // Left to itself the engine takes buffers of sixteen lines each.
    `max_line_size = ${MAX_LINE_BYTES}`,
    `buffer_size = ${4 * MAX_LINE_BYTES}`,
  ];
  return `read_csv(${options.join(', ')})`;
}
