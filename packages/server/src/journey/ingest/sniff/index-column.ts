import type { IngestFinding } from '@slipway/contract';

/** What pandas calls an index column that it read back, and one in its Parquet files. */
const INDEX_NAME = /^(?:Unnamed: 0(?:\.\d+)?|__index_level_\d+__)$/;

/**
 * Whether a column is the row numbers that pandas and R write: without a name (or with the name that pandas then gives),
 * and whole numbers that ascend from row to row.
 */
export function isIndexColumn(headerCell: string, values: readonly string[]): boolean {
  if (headerCell.trim() !== '' && !INDEX_NAME.test(headerCell.trim())) return false;
  let last = -1;
  for (const value of values) {
    const text = value.trim();
    if (!/^\d{1,15}$/.test(text) || Number(text) <= last) return false;
    last = Number(text);
  }
  return values.length > 1;
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
