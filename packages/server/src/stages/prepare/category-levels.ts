import type { Column } from '../ingest/index.ts';
import { countKeys } from './present-values.ts';

/** A feature has maximum number to list levels, so that codes with the catch-all one and missing fit a byte. */
export const MAX_LEVELS = 254;

/**
 * The words of a column that are frequent enough to learn from, most frequent first (ties by code point). A word is
 * rare, and shares the catch-all level, below one in 5,000 training rows, and always when seen once only.
 */
export function categoryLevels(column: Extract<Column, { type: 'string' }>, rows: Int32Array): string[] {
  const least = Math.max(2, Math.ceil(rows.length / 5_000));
  return [...countKeys(column, rows)]
    .filter(([, count]) => count >= least)
    .map(([code, count]) => ({ word: column.dictionary[code]!, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, MAX_LEVELS)
    .map(({ word }) => word);
}
