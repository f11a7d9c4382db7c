import type { StoredColumn } from '../../stages/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';

/** Numbers meet as DOUBLE, as stored files of whole and fractional ones do. */
const TYPES = { string: 'VARCHAR', number: 'DOUBLE', boolean: 'BOOLEAN', timestamp: 'TIMESTAMP' } as const;

/**
 * A stored file with values of one column taken from `cells`, one JSON object { row, value } a line. A join does not keep
 * the order of rows, hence the last clause.
 *
 * @param names columns of the file
 */
export function fillQuery(
  file: string,
  names: readonly string[],
  column: StoredColumn,
  cells: string,
): string {
  const name = identifier(column.name);
  const type = TYPES[column.type];
  const isThere = names.includes(column.name);
  const old = isThere ? `stored.${name}::${type}` : `NULL::${type}`;
  const filled = `CASE WHEN cells.row IS NULL THEN ${old} ELSE cells.value::${type} END AS ${name}`;
  const kept = names.map((one) => (one === column.name ? filled : `stored.${identifier(one)}`));
  const columns = isThere ? kept : [...kept, filled];
  return `SELECT ${columns.join(', ')}
    FROM read_parquet(${literal(file)}, file_row_number = true) AS stored
    LEFT JOIN read_json(${literal(cells)}, format = 'newline_delimited', columns = {row: 'BIGINT', value: 'VARCHAR'}) AS cells
      ON stored.file_row_number = cells.row
    ORDER BY stored.file_row_number`;
}
