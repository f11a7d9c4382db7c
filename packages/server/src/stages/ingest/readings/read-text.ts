import type { ColumnReading } from '@slipway/contract';
import { isMissingWord, MISSING_WORDS } from '../settings.ts';
import { type DateFormat, formatNamed } from './date-formats.ts';
import { missingNumbers, plainNumber } from './number-text.ts';
import { dateParser } from './parse-date.ts';

/** What a text is: a value (a moment in epoch milliseconds UTC), `null` for missing, or `undefined` when it does not fit. */
export type TextReader = (text: string) => number | string | boolean | null | undefined;

/**
 * Reads text as a column of a dataset is read, one value at a time: for labels, requests and protocols of text. The table
 * engine reads whole files by the same rules, which a property test holds equal.
 *
 * Text columns keep what is written; surrounding spaces count for nothing elsewhere. `missingWords` are compared without
 * surrounding spaces, and as numbers where the column is of numbers (-999 is -999.0); empty text is always missing.
 */
export function textReader(
  reading: ColumnReading,
  missingWords: readonly string[] = MISSING_WORDS,
): TextReader {
  const words = new Set(missingWords);
  const read = READERS[reading.as](reading as never);
  const numbers = reading.as === 'number' ? missingNumbers(missingWords, reading) : NONE;
  if (numbers.size === 0) return (text) => (isMissingWord(text, words) ? null : read(text));
  return (text) => {
    const value = isMissingWord(text, words) ? null : read(text);
    return numbers.has(value as number) ? null : value;
  };
}

const NONE: ReadonlySet<number> = new Set();

type ReaderOf<As extends ColumnReading['as']> = (
  reading: Extract<ColumnReading, { as: As }>,
) => (text: string) => number | string | boolean | undefined;

const READERS: { [As in ColumnReading['as']]: ReaderOf<As> } = {
  string: () => (text) => text,
  number: (reading) => (text) => {
    const plain = plainNumber(text.trim(), reading);
    return plain === null ? undefined : Number(plain);
  },
  boolean: () => (text) => {
    const word = text.trim().toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : undefined;
  },
  timestamp: ({ formats, timeZone }) => {
    const parsers = formats
      .map(formatNamed)
      .filter((format): format is DateFormat => format !== undefined)
      .map((format) => dateParser(format, timeZone));
    return (text) => {
      const bare = text.trim();
      for (const parse of parsers) {
        const moment = parse(bare);
        if (moment !== undefined) return moment;
      }
      return undefined;
    };
  },
};
