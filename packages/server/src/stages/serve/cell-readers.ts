import type { ColumnReading } from '@slipway/contract';
import { isMissingWord, missingNumbers, textReader } from '../ingest/index.ts';
import { type InputColumn, parseTimestamp } from '../prepare/index.ts';

/** A checked value, as prepare's encoder takes it: null is missing, a timestamp is epoch milliseconds. */
export type Cell = number | string | boolean | null;

/** The cell of a value of JSON that is neither null nor absent; undefined where it does not fit the column. */
export type CellReader = (value: unknown) => Cell | undefined;

/**
 * Compiles the reading of a column's values in JSON. Numbers, booleans and texts are taken as they are, times as text, whole
 * numbers beyond 2^53 as numbers or as the text of their digits; a missing-value word is missing in a column of any type, and
 * a number that is one (-999) in a column of numbers.
 */
export function compileCellReader(
  { type, reading }: Pick<InputColumn, 'type' | 'reading'>,
  missingWords: readonly string[],
): CellReader {
  const isMissing = compileIsMissing(missingWords);
  if (type === 'string')
    return (value) => {
      if (typeof value === 'string') return isMissing(value) ? null : value;
      // Files of JSON and Parquet with such numbers have them as text too: a number would lose digits.
      return typeof value === 'bigint' ? String(value) : undefined;
    };
  if (type === 'timestamp') return timestampReader(reading, isMissing);
  if (type === 'number') return numberReader(missingNumbers(missingWords, reading), isMissing);
  return (value) => {
    if (typeof value === 'boolean') return value;
    return typeof value === 'string' && isMissing(value) ? null : undefined;
  };
}

function numberReader(missing: ReadonlySet<number>, isMissing: (text: string) => boolean): CellReader {
  const read: CellReader = (value) => {
    if (Number.isFinite(value)) return value as number;
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'string' && isMissing(value) ? null : undefined;
  };
  if (missing.size === 0) return read;
  return (value) => {
    const cell = read(value);
    return missing.has(cell as number) ? null : cell;
  };
}

/** Most text is longer than any missing-value word and begins and ends with no space, which is told without a look-up. */
function compileIsMissing(missingWords: readonly string[]): (text: string) => boolean {
  const words = new Set(missingWords);
  const longest = missingWords.reduce((most, { length }) => Math.max(most, length), 0);
  return (text) => {
    const { length } = text;
    if (length > longest && isVisible(text.charCodeAt(0)) && isVisible(text.charCodeAt(length - 1)))
      return false;
    return isMissingWord(text, words);
  };
}

/** Whether a character is one of ASCII that is no space. */
function isVisible(code: number): boolean {
  return code > 32 && code < 127;
}

/** ISO 8601, and the forms of the dataset; a time without an offset is in the zone of the dataset. */
function timestampReader(
  reading: ColumnReading | undefined,
  isMissing: (text: string) => boolean,
): CellReader {
  const read = compileMoment(reading);
  return (value) => {
    if (typeof value !== 'string') return undefined;
    return isMissing(value) ? null : (read(value) ?? undefined);
  };
}

/** Epoch milliseconds, UTC, of text; null or undefined where it is no moment. */
export function compileMoment(
  reading: ColumnReading | undefined,
): (text: string) => number | null | undefined {
  if (reading?.as !== 'timestamp') return parseTimestamp;
  const { formats, timeZone } = reading;
  const own = textReader({ ...reading, formats: [...formats, 'iso', 'iso-zoned'] }, []) as (
    text: string,
  ) => number | undefined;
  if (timeZone === 'UTC') return (text) => parseTimestamp(text) ?? own(text);
  return (text) => own(text) ?? parseTimestamp(text);
}
