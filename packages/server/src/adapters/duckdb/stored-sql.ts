import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredColumn } from '../../stages/ingest/index.ts';
import { identifier, list, literal } from './sql-text.ts';

/**
 * Stored files as one relation; whole and fractional numbers of one column meet as DOUBLE. Words that count as missing in
 * one of `columns` are.
 */
export function stored(files: readonly string[], columns: readonly StoredColumn[] = []): string {
  return withMissing(`read_parquet(${list(files)}, union_by_name = true)`, columns);
}

/** The relation with words that count as missing in one of `columns` replaced by null. */
export function withMissing(relation: string, columns: readonly StoredColumn[]): string {
  const replaced = columns
    .filter(({ type, missing = [] }) => type === 'string' && missing.length > 0)
    .map(({ name, missing = [] }) => `${presentWord(identifier(name), missing)} AS ${identifier(name)}`);
  return replaced.length === 0 ? relation : `(SELECT * REPLACE (${replaced.join(', ')}) FROM ${relation})`;
}

/** Comparisons: lists behind IN become joins that lose the order of rows. */
function presentWord(name: string, missing: readonly string[]): string {
  return `CASE WHEN ${missing.map((word) => `${name} = ${literal(word)}`).join(' OR ')} THEN NULL ELSE ${name} END`;
}

/** A number, boolean or timestamp column as DOUBLE: 0 and 1, epoch milliseconds. */
export function asNumber(column: StoredColumn): string {
  const name = identifier(column.name);
  if (column.type === 'timestamp') return `(epoch_us(${name}) / 1000.0)::DOUBLE`;
  return `${name}::DOUBLE`;
}

/** From so many columns on, opening the file costs more than the columns read from it. */
const WIDE = 200;

/**
 * Runs `work` on a relation of the `part` of all `columns` that are read. Of wide ones that is a temporary copy, for it is
 * read again and again; of others the relation itself, a file's dictionaries making grouping several times as fast.
 */
export async function inRelation<T>(
  connection: DuckDBConnection,
  relation: string,
  { part, columns }: { part: readonly StoredColumn[]; columns: number },
  work: (relation: string) => Promise<T>,
): Promise<T> {
  if (columns < WIDE) return work(relation);
  const names = part.map(({ name }) => identifier(name)).join(', ');
  await connection.run(`CREATE TEMP TABLE part AS SELECT ${names} FROM ${relation}`);
  try {
    return await work('part');
  } finally {
    await connection.run('DROP TABLE part');
  }
}

/** Batches of columns, so that no query is too wide to plan. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  const all: T[][] = [];
  for (let from = 0; from < items.length; from += size) all.push(items.slice(from, from + size));
  return all;
}
