import type { RawColumn, RawKind, Reading, TableSource } from '../../journey/ingest/index.ts';
import { identifier, list, literal } from './sql-text.ts';

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

const EXACT = '9007199254740992';

/** The SQL of reading column number `i` of a source. */
export function readingSql(source: TableSource, from: RawColumn, reading: Reading, i: number): ReadingSql {
  const x = `x${i}`;
  const raw = from.path.map(identifier).join('.');
  if (reading.as === 'string') return stringSql(source, from.kind, raw, x);
  if (from.kind === 'text' || from.kind === 'number-text') return textSql(source, raw, reading, i);
  const converted = nativeValue(from.kind, reading, raw);
  const fits = reading.as === 'integer' ? `abs(${x}::DOUBLE) <= ${EXACT}` : `${x} IS NOT NULL`;
  return { inner: [`${converted} AS ${x}`], fits, missing: `${x} IS NULL`, value: castTo(reading, x) };
}

/** Lists as JSON text; JSON of mixed kinds as its text, strings without their quotes. */
const STRING_OF: Partial<Record<RawKind, (raw: string) => string>> = {
  nested: (raw) => `to_json(${raw})::VARCHAR`,
  json: (raw) => `(${raw} ->> '$')`,
};

function stringSql(source: TableSource, kind: RawKind, raw: string, x: string): ReadingSql {
  const text = STRING_OF[kind]?.(raw) ?? `${raw}::VARCHAR`;
  return {
    inner: [`${text} AS ${x}`],
    fits: presentText(source, x),
    missing: missingText(source, x),
    value: x,
  };
}

/** A source with types: what is not finite is missing. */
function nativeValue(kind: RawKind, reading: Reading, raw: string): string {
  if (reading.as === 'number') return `CASE WHEN isfinite(${raw}::DOUBLE) THEN ${raw}::DOUBLE END`;
  if (kind === 'timestamp') return `CASE WHEN isfinite(${raw}::TIMESTAMP) THEN ${raw}::TIMESTAMP END`;
  return raw;
}

function castTo(reading: Reading, x: string): string {
  return reading.as === 'integer' ? `${x}::BIGINT` : x;
}

function textSql(
  source: TableSource,
  raw: string,
  reading: Exclude<Reading, { as: 'string' }>,
  i: number,
): ReadingSql {
  const x = `x${i}`;
  const n = `n${i}`;
  const missing = missingText(source, x);
  if (reading.as === 'boolean') {
    return {
      inner: [`${raw} AS ${x}`, `lower(trim(${raw})) AS ${n}`],
      fits: `(${n} = 'true' OR ${n} = 'false')`,
      missing,
      value: `(${n} = 'true')`,
    };
  }
  if (reading.as === 'timestamp') {
    return {
      inner: [`${raw} AS ${x}`, `${parsedTime(raw, reading)} AS ${n}`],
      fits: `${n} IS NOT NULL`,
      missing,
      value: n,
    };
  }
  const plain = reading.decimal === ',' ? `replace(${raw}, ',', '.')` : raw;
  const parsed = `try_cast(${plain} AS DOUBLE)`;
  const fits = `${numberFits(reading, x, n)}`;
  const value = reading.as === 'integer' ? `${n}::BIGINT` : n;
  return { inner: [`${raw} AS ${x}`, `${parsed} AS ${n}`], fits, missing, value };
}

/**
 * The engine takes more for a number than we do: 1_000, inf, codes such as 007, digits beyond what a float holds. What
 * nearly all numbers look like is let pass by a cheaper question, which only says yes where the full one would.
 */
function numberFits(reading: NumberReading, x: string, n: string): string {
  return `(${usualNumber(reading, x, n)} OR ${anyNumber(reading, x, n)})`;
}

type NumberReading = { as: 'integer' | 'number'; decimal: '.' | ',' };

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
  return `(isfinite(${n}) AND ${exact} AND NOT contains(${x}, '_') AND NOT ${twoSigned(x)}${noPoint} AND NOT (${zeroLed(x)} AND NOT contains(${x}, '${decimal}')))`;
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

/** The moment of text that has the form; the engine alone would take more, such as 10-1-1 for a day of the year 10. */
function parsedTime(raw: string, { format, pattern }: { format: string; pattern: string }): string {
  const text = `trim(${raw})`;
  const parse = TIME_PARSERS[format]?.(text) ?? `try_strptime(${text}, ${literal(format)})::TIMESTAMP`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(pattern)}, 'i') THEN ${parse} END`;
}

const TIME_PARSERS: Record<string, (text: string) => string> = {
  iso: (text) => `try_cast(${text} AS TIMESTAMP)`,
  'iso-zoned': (text) => `try_cast(${text} AS TIMESTAMPTZ)::TIMESTAMP`,
};

/** Missing: null, blank, or a missing-value word with spaces around it. Never null itself. */
function missingText(source: TableSource, x: string): string {
  if (source.format !== 'delimited') return `coalesce(${x} = '', true)`;
  return `coalesce(regexp_full_match(${x}, ${literal(missingPattern(source.missingWords))}), true)`;
}

/**
 * The contrary, by a cheaper question first: bare words are nulls already, so only text with a space at an end can be
 * missing. Null for a null.
 */
function presentText(source: TableSource, x: string): string {
  if (source.format !== 'delimited') return `${x} <> ''`;
  const spaced = `CASE WHEN ${x} < '!' OR ends_with(${x}, ' ') THEN NOT`;
  return `${spaced} ${missingText(source, x)} ELSE ${x} IS NOT NULL END`;
}

function missingPattern(words: readonly string[]): string {
  const literally = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '[$&]'));
  return `\\s*(${literally.join('|')})?\\s*`;
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
    `nullstr = ${list(['', ...source.missingWords])}`,
    // Left to itself the engine takes buffers of sixteen lines each.
    `max_line_size = ${MAX_LINE_BYTES}`,
    `buffer_size = ${4 * MAX_LINE_BYTES}`,
  ];
  return `read_csv(${options.join(', ')})`;
}
