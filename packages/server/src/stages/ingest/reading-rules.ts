import type { ReadOptions } from '@slipway/contract';
import type { TableSchema } from './model.ts';
import type { OpenSource } from './open-source.ts';
import type { WritingHints } from './readings/guess-readings.ts';
import { CLASS_LIKE_WORDS, MISSING_WORDS } from './settings.ts';

/** The words that mean a missing value: those told, none, or the dataset's (the usual ones of a first file), and more. */
export function missingWordsOf(
  { missing, alsoMissing, noMissingWords }: ReadOptions,
  usual: readonly string[] = MISSING_WORDS,
): readonly string[] {
  const words = noMissingWords === true ? [] : (missing?.map((word) => word.trim()) ?? usual);
  if (alsoMissing === undefined) return words;
  return [...new Set([...words, ...alsoMissing.map((word) => word.trim())])];
}

/** How values of a dataset's first file are written, by what the user says and what the file shows. */
export function writingHints(source: Pick<OpenSource, 'decimal'>, options: ReadOptions): WritingHints {
  return {
    decimal: options.decimal ?? source.decimal,
    isDecimalCertain: options.decimal !== undefined,
    timeZone: options.timeZone ?? 'UTC',
    missingWords: new Set(missingWordsOf(options)),
  };
}

/** A word is a class of the target when at least this share of the rows has it. */
const LEAST_CLASS_SHARE = 0.01;
/** … and at least so many rows. */
const LEAST_CLASS_ROWS = 5;

/**
 * The words that are classes where a text column is the target, although they usually mean a missing value: those that people
 * use for classes too (`NA`, `None`, `+`/`-`) and that are frequent. None where the user replaced the usual words. Words
 * that programs write for nothing at all, such as `null` and `NaN`, never are.
 */
export function classWords(
  counts: readonly { value: string; count: number }[],
  { rows, schema }: { rows: number; schema: Pick<TableSchema, 'missingWords'> },
): string[] {
  const { missingWords = MISSING_WORDS } = schema;
  if (!MISSING_WORDS.every((word) => missingWords.includes(word))) return [];
  const least = Math.max(LEAST_CLASS_ROWS, rows * LEAST_CLASS_SHARE);
  return counts
    .filter(({ value, count }) => CLASS_LIKE_WORDS.includes(value) && count >= least)
    .map(({ value }) => value);
}
