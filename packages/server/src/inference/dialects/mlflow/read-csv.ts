import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import { checkRowCount } from '../instances.ts';
import type { Frame } from './read-frame.ts';

/** What may part fields: commas, as pandas writes them, and what files of datasets are parted by. */
const FIELDS = new Map(
  [',', ';', '\t', '|'].map((delimiter) => {
    const mark = `\\u{${delimiter.charCodeAt(0).toString(16)}}`;
    return [
      delimiter,
      new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}\\r\\n]*))(${mark}|\\r?\\n|\\r|$)`, 'uy'),
    ] as const;
  }),
);

export type CsvOptions = {
  /** How the first file of the dataset parted its fields; tried where commas give no column of `names`. */
  delimiter?: string | undefined;
  names?: ReadonlySet<string>;
};

/** The text of a body. Throws `request.invalid` where it is not UTF-8. */
export function csvText(body: Buffer): string {
  if (!isUtf8(body))
    throw fail('request.invalid', {
      reason: 'the CSV is not UTF-8; encode it so, as pandas does by default',
    });
  return body.toString('utf8');
}

/**
 * Reads CSV with a header, quoted as RFC 4180 says and parted by commas, or as the dataset's first file was where its header
 * is; an empty field is a missing value. Throws `request.invalid`, `predict.no-rows`, `predict.too-many-rows`.
 */
export function readCsv(text: string, maxRows: number, options: CsvOptions = {}): Frame {
  const bare = text.replace(/^\ufeff/, '');
  const [columns, ...rows] = recordsOf(bare, delimiterOf(bare, options));
  if (columns === undefined) throw fail('request.invalid', { reason: 'the CSV has no header' });
  checkRowCount(rows.length, maxRows, 'csv');
  const uneven = rows.findIndex((row) => row.length !== columns.length);
  if (uneven >= 0) {
    const reason = `it has ${rows[uneven]!.length} fields where the header has ${columns.length}`;
    throw fail('request.invalid', { reason }, { path: `rows[${uneven}]` });
  }
  return { columns, rows: rows.map((row) => row.map((field) => (field === '' ? null : field))) };
}

function delimiterOf(text: string, { delimiter, names }: CsvOptions): string {
  if (delimiter === undefined || !FIELDS.has(delimiter) || names === undefined) return ',';
  const [line = ''] = /^.*/.exec(text)!;
  const isHeader = (parted: string) => recordsOf(line, parted)[0]?.some((name) => names.has(name)) === true;
  return !isHeader(',') && isHeader(delimiter) ? delimiter : ',';
}

function recordsOf(text: string, delimiter: string): string[][] {
  const field = FIELDS.get(delimiter)!;
  const records: string[][] = [];
  let record: string[] = [];
  field.lastIndex = 0;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const [, quoted, plain = '', end] = field.exec(text) ?? [];
    if (end === undefined) throw fail('request.invalid', { reason: `a quote is not closed at ${at}` });
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === delimiter && field.lastIndex === text.length) record.push('');
    if (end === delimiter && field.lastIndex < text.length) continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}
