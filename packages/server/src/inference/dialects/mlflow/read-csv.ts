import { fail } from '@slipway/contract';
import { checkRowCount } from '../instances.ts';
import type { Frame } from './read-frame.ts';

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;

/**
 * Reads CSV with a header, comma separated, quoted as RFC 4180 says; an empty field is a missing value. Throws
 * `request.invalid`, `predict.no-rows`, `predict.too-many-rows`.
 */
export function readCsv(text: string, maxRows: number): Frame {
  const [columns, ...rows] = recordsOf(text.replace(/^\ufeff/, ''));
  if (columns === undefined) throw fail('request.invalid', { reason: 'the CSV has no header' });
  checkRowCount(rows.length, maxRows, 'csv');
  const uneven = rows.findIndex((row) => row.length !== columns.length);
  if (uneven >= 0) {
    const reason = `it has ${rows[uneven]!.length} fields where the header has ${columns.length}`;
    throw fail('request.invalid', { reason }, { path: `rows[${uneven}]` });
  }
  return { columns, rows: rows.map((row) => row.map((field) => (field === '' ? null : field))) };
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const at = FIELD.lastIndex;
    const [, quoted, plain = '', end] = FIELD.exec(text) ?? [];
    if (end === undefined) throw fail('request.invalid', { reason: `a quote is not closed at ${at}` });
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && FIELD.lastIndex === text.length) record.push('');
    if (end === ',' && FIELD.lastIndex < text.length) continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}
