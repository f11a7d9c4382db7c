import type { Beside, StoredColumn } from '../../journey/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';
import { stored } from './stored-sql.ts';

/** The rows of two lists of files side by side: the engine pairs them by their places, in order, without holding either. */
export function besideQuery({ left, right }: Beside, format: 'csv' | 'parquet'): string {
  const answers = selected(right, format);
  if (left.columns.length === 0) return answers;
  return `SELECT * FROM (${selected(left, format)}) POSITIONAL JOIN (${answers})`;
}

function selected({ files, columns }: Beside['left'], format: 'csv' | 'parquet'): string {
  return `SELECT ${columns.map((column) => shown(column, format)).join(', ')} FROM ${stored(files)}`;
}

/** Text that a spreadsheet would take for a formula, but no number. */
const FORMULA = literal('^[=+\\-@\\t\\r]');
const NUMBER = literal('[+-]?[\\d.]+');

/** Whether a number is written without a point, as JSON writes it, and fits the engine's whole numbers. */
function isWhole(column: string): string {
  return `${column} = trunc(${column}) AND abs(${column}) < 1e15`;
}

/** CSV says moments as ISO 8601, and makes text inert that looks like a formula by an apostrophe before it. */
function shown({ name, type }: StoredColumn, format: 'csv' | 'parquet'): string {
  const column = identifier(name);
  if (format === 'parquet') return column;
  if (type === 'timestamp') return `strftime(${column}, ${literal('%Y-%m-%dT%H:%M:%S.%gZ')}) AS ${column}`;
  if (type === 'number')
    return `CASE WHEN ${isWhole(column)} THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END AS ${column}`;
  if (type !== 'string') return column;
  const isFormula = `regexp_matches(${column}, ${FORMULA}) AND NOT regexp_full_match(${column}, ${NUMBER})`;
  return `CASE WHEN ${isFormula} THEN concat(${literal("'")}, ${column}) ELSE ${column} END AS ${column}`;
}
