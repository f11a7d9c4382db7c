import { fail, type IngestFinding, type ReadOptions } from '@slipway/contract';
import { isHeader } from '../delimited/data-rows.ts';
import type { Dialect } from '../delimited/record-reader.ts';
import type { IngestLimits } from '../settings.ts';
import { uniqueNames } from './column-names.ts';
import { type CommentLine, type DelimitedShape, sniffDelimited } from './delimited-shape.ts';
import {
  commentFindings,
  commentHeaderFinding,
  delimiterFinding,
  headerFinding,
  noHeaderFinding,
  preambleFindings,
  quoteFindings,
  rowNamesFinding,
  TRAILING_DELIMITER,
} from './form-findings.ts';
import { decideHeader } from './header.ts';
import { indexFinding, isIndexColumn } from './index-column.ts';
import { type Preface, readPreface } from './preface.ts';
import type { FoundRecord } from './table-place.ts';

/** Where the table in delimited text is, what its columns are called, and what a reader should know of both. */
export type DelimitedTable = {
  dialect: Dialect;
  /** Fields of every record, the empty last one of `dropLast` included. */
  columns: number;
  dropLast: boolean;
  names: string[];
  /** The column that numbers the rows; -1 where there is none. */
  indexColumn: number;
  /** The header's record as it is written, and its text; null where there is none. */
  header: string[] | null;
  headerText: string | null;
  comment: string | undefined;
  /** Comment lines before the table. */
  comments: CommentLine[];
  /** Characters before the table and before its first row, and that row's line. */
  start: number;
  dataStart: number;
  dataLine: number;
  /** The first rows. */
  rows: string[][];
  findings: IngestFinding[];
};

type Context = { file: string; options: ReadOptions; limits: IngestLimits };

/** Finds the table in the first characters of a file. Throws as openDelimited does. */
export function delimitedTable(input: { text: string; complete: boolean }, context: Context): DelimitedTable {
  const { file, options, limits } = context;
  const preface = readPreface(input.text, options, file);
  const text = input.text.slice(preface.offset);
  const shape = sniffDelimited(text, {
    file,
    complete: input.complete,
    asked: { delimiter: options.delimiter ?? preface.separator, quote: options.quote },
    comment: preface.comment,
    firstLine: preface.line,
    isLocated: preface.isLocated,
    maxRecordCharacters: limits.maxRecordCharacters,
  });
  if (shape.records.length === 0) {
    const reason = `its first record is longer than ${limits.headBytes} bytes or never ends`;
    throw fail('file.unreadable', { file, format: 'delimited text', reason });
  }
  return assembled(text, shape, preface, options);
}

function assembled(
  text: string,
  shape: DelimitedShape,
  preface: Preface,
  options: ReadOptions,
): DelimitedTable {
  const { dialect, records, place } = shape;
  const [first, second] = records;
  const fields = records.map((record) => record.fields);
  const before = shape.comments.filter(({ line }) => line < first!.place.line);
  const inComment = commentHeader(before.at(-1), shape, options);
  const decision =
    typeof options.header === 'number' || options.header === true
      ? { header: true, why: 'It is read as one, as asked.' }
      : options.header === false
        ? { header: false, why: 'It is read as data, as asked.' }
        : place.form === 'row-names'
          ? { header: true, why: 'It has a field less than the rows.' }
          : decideHeader(fields);
  const isFirst = inComment === null && decision.header;
  const data = isFirst ? records.slice(1) : records;
  const cells = inComment ?? (isFirst ? first!.fields : Array.from({ length: place.columns }, () => ''));
  const headed = headedColumns(cells, shape, data);
  const end = second?.place ?? { offset: text.length, line: first!.place.line + 1 };
  const start = isFirst ? end : first!.place;
  const headedBy =
    inComment !== null
      ? commentHeaderFinding(before.at(-1)!)
      : isFirst
        ? headerFinding(first!, decision.why)
        : noHeaderFinding(first!, decision.why);
  return {
    dialect,
    columns: place.columns,
    ...headed,
    header: isFirst ? first!.fields : null,
    headerText: isFirst ? text.slice(first!.place.offset, end.offset).replace(/[\r\n]+$/, '') : null,
    comment: preface.comment,
    comments: before,
    start: preface.offset + first!.place.offset,
    dataStart: preface.offset + start.offset,
    dataLine: start.line,
    rows: data.map((record) => record.fields).filter((row) => !isFirst || !isHeader(row, first!.fields)),
    findings: [
      ...preface.findings,
      delimiterFinding(shape, options.delimiter !== undefined || preface.separator !== undefined),
      ...quoteFindings(shape, options),
      ...preambleFindings(shape.preamble),
      ...commentFindings(inComment === null ? before : before.slice(0, -1), preface.comment),
      headedBy,
      ...headed.findings,
    ],
  };
}

/** A header in the last comment line before the rows, as `#chrom start end` or what `numpy.savetxt` writes. */
function commentHeader(
  last: CommentLine | undefined,
  { dialect, place, records }: DelimitedShape,
  options: ReadOptions,
): string[] | null {
  if (last === undefined || options.header !== undefined || options.comment !== undefined) return null;
  const bare = last.text.replace(/^#+\s?/, '');
  const cells = dialect.runs === true ? bare.trim().split(/ +/) : bare.split(dialect.delimiter);
  if (cells.length !== place.columns || place.columns < 2) return null;
  const own = decideHeader(records.map(({ fields }) => fields));
  if (own.clear || (own.header && /^#+\s/.test(last.text))) return null;
  return cells.map((cell) => cell.replace(/^"(.*)"$/, '$1'));
}

/** Names of the columns, the unnamed ones of row names and of trailing delimiters settled. */
function headedColumns(cells: readonly string[], { place }: DelimitedShape, data: readonly FoundRecord[]) {
  const dropLast = place.form === 'trailing';
  const width = place.columns - (dropLast ? 1 : 0);
  const isShort = place.form === 'row-names' && cells.length === width - 1;
  const header = isShort ? ['row_names', ...cells] : cells.slice(0, width);
  const { names, findings } = uniqueNames(header);
  const values = data.map(({ fields }) => fields[0] ?? '');
  const isIndex =
    cells.some((cell) => cell.trim() !== '') && width > 1 && isIndexColumn(header[0] ?? '', values);
  const more: IngestFinding[] = [];
  if (isShort) more.push(rowNamesFinding(names[0]!));
  if (isIndex) more.push(indexFinding(names[0]!));
  if (dropLast) more.push(TRAILING_DELIMITER);
  return {
    names,
    dropLast,
    indexColumn: isShort || isIndex ? 0 : -1,
    findings: cells.every((cell) => cell.trim() === '') ? more : [...findings, ...more],
  };
}
