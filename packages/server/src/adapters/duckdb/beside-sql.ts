import type { Beside } from '../../stages/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';
import { stored } from './stored-sql.ts';

type Side = Beside['left'];

/** The rows of two lists of files side by side: the engine pairs them by their places, in order, without holding either. */
export function besideQuery({ left, right }: Beside, format: 'csv' | 'parquet'): string {
  const answers = shownOf('r', right, format);
  if (left.columns.length === 0) return `SELECT ${answers} FROM ${relation('r', right)}`;
  const both = `${relation('l', left)} POSITIONAL JOIN ${relation('r', right)}`;
  return `SELECT ${shownOf('l', left, format)}, ${answers} FROM ${both}`;
}

/** The heading of CSV, which the engine cannot write itself: it renames one of two names that differ in case alone. */
export function besideHeading({ left, right }: Beside): string {
  return [...left.columns, ...right.columns].map(({ as }) => headed(as)).join(',');
}

function headed(name: string): string {
  const inert = /^[=+\-@\t\r]/.test(name) && !/^[+-]?[\d.]+$/.test(name) ? `'${name}` : name;
  return /^[^\s",]+$/.test(inert) ? inert : `"${inert.replaceAll('"', '""')}"`;
}

function relation(alias: string, { files, columns }: Side): string {
  const names = columns.map(({ name }) => identifier(name));
  return `(SELECT ${names.join(', ')} FROM ${stored(files)}) ${alias}`;
}

function shownOf(alias: string, { columns }: Side, format: 'csv' | 'parquet'): string {
  return columns
    .map(({ name, type, as, whole }) => {
      const column = `${alias}.${identifier(name)}`;
      const given = whole === undefined ? column : `${column}::${WHOLE[whole]}`;
      const shown = format === 'parquet' || whole !== undefined ? given : asText(column, type);
      return `${shown} AS ${identifier(as)}`;
    })
    .join(', ');
}

const WHOLE = { int64: 'BIGINT', uint64: 'UBIGINT' } as const;

/** Text that a spreadsheet would take for a formula, but no number. */
const FORMULA = literal('^[=+\\-@\\t\\r]');
const NUMBER = literal('[+-]?[\\d.]+');

/** Whether a number is written without a point, as JSON writes it, and fits the engine's whole numbers. */
function isWhole(column: string): string {
  return `${column} = trunc(${column}) AND abs(${column}) < 1e15`;
}

/** CSV says moments as ISO 8601, and makes text inert that looks like a formula by an apostrophe before it. */
function asText(column: string, type: Side['columns'][number]['type']): string {
  if (type === 'timestamp') return `strftime(${column}, ${literal('%Y-%m-%dT%H:%M:%S.%gZ')})`;
  if (type === 'number')
    return `CASE WHEN ${isWhole(column)} THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END`;
  if (type !== 'string') return column;
  const isFormula = `regexp_matches(${column}, ${FORMULA}) AND NOT regexp_full_match(${column}, ${NUMBER})`;
  return `CASE WHEN ${isFormula} THEN concat(${literal("'")}, ${column}) ELSE ${column} END`;
}
