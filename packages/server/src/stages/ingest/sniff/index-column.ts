import type { IngestFinding } from '@slipway/contract';

/** What pandas calls an index column that it read back, and one in its Parquet files. */
const INDEX_NAME = /^(?:Unnamed: 0(?:\.\d+)?|__index_level_\d+__)$/;

/** What `reset_index()` of pandas calls it; people call their own columns so too. */
const RESET_NAME = /^(?:index|level_0)$/;
/** So many different numbers without an order are those of rows that were sampled or shuffled. */
const SHUFFLED = 10;

/**
 * Whether a column is the row numbers that pandas and R write: without a name (or with the name that pandas then gives),
 * and whole numbers that ascend from row to row, or at least ten that all differ, as shuffled rows have them. Named `index`
 * or `level_0`, only numbers that count the rows from 0 or 1.
 */
export function isIndexColumn(headerCell: string, values: readonly string[]): boolean {
  const name = headerCell.trim();
  if (values.length < 2 || !values.every((value) => /^\d{1,15}$/.test(value.trim()))) return false;
  const numbers = values.map(Number);
  if (RESET_NAME.test(name)) return numbers[0]! <= 1 && numbers.every((one, i) => one === numbers[0]! + i);
  if (name !== '' && !INDEX_NAME.test(name)) return false;
  const isAscending = numbers.every((one, i) => i === 0 || one > numbers[i - 1]!);
  return isAscending || (numbers.length >= SHUFFLED && new Set(numbers).size === numbers.length);
}

export function isIndexName(name: string): boolean {
  return INDEX_NAME.test(name);
}

export function indexFinding(name: string): IngestFinding {
  return {
    code: 'index-column',
    severity: 'warning',
    message: `The column ${name} numbers the rows, as pandas and R write it; models leave it out.`,
    column: name,
  };
}
