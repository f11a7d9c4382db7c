import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import { checkRowCount } from '../instances.ts';
import type { Frame } from './read-frame.ts';

/** What may part fields: commas, as pandas writes them, and what files of datasets are parted by. */
const DELIMITERS = new Set([',', ';', '\t', '|']);
const LINE_BREAKS = new Set(['\r', '\n']);

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
  if (delimiter === undefined || !DELIMITERS.has(delimiter) || names === undefined) return ',';
  const [line = ''] = /^.*/.exec(text)!;
  const isHeader = (parted: string) => recordsOf(line, parted)[0]?.some((name) => names.has(name)) === true;
  return !isHeader(',') && isHeader(delimiter) ? delimiter : ',';
}

/** The records of a text, blank lines left out; each character is looked at once. */
function recordsOf(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { field, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at, delimiter);
    const mark = text[end];
    if (mark !== undefined && mark !== delimiter && !LINE_BREAKS.has(mark)) throw notClosed(at);
    record.push(field);
    at = end + (text.startsWith('\r\n', end) ? 2 : 1);
    if (mark === delimiter && at < text.length) continue;
    if (mark === delimiter) record.push('');
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

type Field = { field: string; end: number };

function plainField(text: string, from: number, delimiter: string): Field {
  let end = from;
  while (end < text.length && text[end] !== delimiter && !LINE_BREAKS.has(text[end]!)) {
    if (text[end] === '"') throw notClosed(from);
    end++;
  }
  return { field: text.slice(from, end), end };
}

/** A quote within quotes is written twice. */
function quotedField(text: string, from: number): Field {
  let end = from + 1;
  for (;;) {
    const quote = text.indexOf('"', end);
    if (quote < 0) throw notClosed(from);
    if (text[quote + 1] !== '"') {
      const field = text.slice(from + 1, quote).replaceAll('""', '"');
      return { field, end: quote + 1 };
    }
    end = quote + 2;
  }
}

function notClosed(at: number): Error {
  return fail('request.invalid', { reason: `a quote is not closed at ${at}` });
}
