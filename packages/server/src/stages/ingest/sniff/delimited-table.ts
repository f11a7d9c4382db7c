import { fail, type IngestFinding, type ReadOptions, trimEndMarks } from '@slipway/contract';
import { isHeader, isLooseHeader } from '../delimited/data-rows.ts';
import type { Dialect, RecordPlace } from '../delimited/record-reader.ts';
import type { ExpectedTable } from '../model.ts';
import type { IngestLimits } from '../settings.ts';
import { belowHeader, secondHeaderFinding, unitsFinding } from './below-header.ts';
import { ROW_NAMES, uniqueNames } from './column-names.ts';
import type { CommentLine, DelimitedShape } from './delimited-shape.ts';
import { namesColumns, sniffExpected } from './expected-form.ts';
import {
  commentFindings,
  commentHeaderFinding,
  delimiterFinding,
  headerFinding,
  noHeaderFinding,
  preambleFindings,
  quoteFindings,
  rowNamesFinding,
  rulerFinding,
  trailingFinding,
} from './form-findings.ts';
import { decideHeader, type HeaderDecision, NAMED_HEADER } from './header.ts';
import { indexFinding, isIndexColumn } from './index-column.ts';
import { type Preface, readPreface } from './preface.ts';
import type { FoundRecord } from './table-place.ts';

/** Where the table in delimited text is, what its columns are called, and what a reader should know of both. */
export type DelimitedTable = {
  dialect: Dialect;
  /** Fields of every record, the empty last ones of `trailing` included. */
  columns: number;
  trailing: number;
  names: string[];
  /** The column that numbers the rows; -1 where there is none. */
  indexColumn: number;
  /** The header's record as it is written, and its text; null where there is none. */
  header: string[] | null;
  headerText: string | null;
  /** Whether records that differ from the header in case or outer spaces alone repeat it. */
  looseHeader: boolean;
  comment: string | undefined;
  /** Comment lines before the table. */
  comments: CommentLine[];
  /** Whether the first characters cannot be read to their end: reading all of them reports the line. */
  isBroken: boolean;
  /** How many of the last rows are none of the table. */
  footer: number;
  /** Whether the file has nothing but the header and the rows, as far as its first characters tell. */
  isWhole: boolean;
  /** Characters before the first row, and its line. */
  dataStart: number;
  dataLine: number;
  /** The first rows. */
  rows: string[][];
  findings: IngestFinding[];
};

type Context = {
  file: string;
  options: ReadOptions;
  limits: IngestLimits;
  expects: ExpectedTable | undefined;
};

/** Finds the table in the first characters of a file. Throws as openDelimited does. */
export function delimitedTable(input: { text: string; complete: boolean }, context: Context): DelimitedTable {
  const { file, options, limits } = context;
  const preface = readPreface(input.text, options, file);
  const text = input.text.slice(preface.offset);
  const said =
    preface.separator !== undefined && text.includes(preface.separator) ? preface.separator : undefined;
  const { shape, header, findings } = sniffExpected(text, context.expects, {
    file,
    complete: input.complete,
    asked: { delimiter: options.delimiter ?? said, quote: options.quote },
    comment: preface.comment,
    firstLine: preface.line,
    isLocated: preface.isLocated,
    maxRecordCharacters: limits.maxRecordCharacters,
    ...(options.header !== undefined && { hasHeader: options.header !== false }),
  });
  if (shape.records.length === 0) {
    if (shape.problem !== null) throw shape.problem;
    const reason = `its first record is longer than ${limits.headBytes} bytes or never ends`;
    throw fail('file.unreadable', { file, format: 'delimited text', reason });
  }
  return assembled(
    text,
    shape,
    { ...preface, findings: [...preface.findings, ...findings] },
    context,
    header,
  );
}

function assembled(
  text: string,
  shape: DelimitedShape,
  preface: Preface,
  { options, expects }: Context,
  known: Omit<HeaderDecision, 'clear'> | null,
): DelimitedTable {
  const { dialect, records, place } = shape;
  const [first, second] = records;
  const before = shape.comments.filter(({ line }) => line < first!.place.line);
  const inComment = known === null ? commentHeader(before.at(-1), shape, options) : null;
  const decision = known ?? headerDecision(shape, options, expects?.columns ?? []);
  const isFirst = inComment === null && decision.header;
  const hasRuler = isFirst && second !== undefined && isRuler(second.fields);
  const below = isFirst && !hasRuler ? belowHeader(records) : null;
  const hasUnits = below === 'units' && options.header !== true;
  const data = isFirst ? records.slice(hasRuler || hasUnits ? 2 : 1) : records;
  const cells = inComment ?? (isFirst ? first!.fields : Array.from({ length: place.columns }, () => ''));
  const headed = headedColumns(cells, shape, data);
  const values = data.map((record) => record.fields);
  const looseHeader = isFirst && isLooseHeader(first!.fields, values);
  const start = isFirst ? placeBehind((hasRuler || hasUnits ? second! : first!).place, text) : first!.place;
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
    headerText: isFirst ? trimEndMarks(text.slice(first!.place.offset, first!.place.end), '\r\n') : null,
    comment: preface.comment,
    comments: before,
    isBroken: shape.problem !== null,
    footer: 0,
    isWhole: preface.offset + first!.place.offset === 0 && !hasRuler && !hasUnits,
    dataStart: preface.offset + start.offset,
    dataLine: start.line,
    looseHeader,
    rows: values.filter((row) => !isFirst || !isHeader(row, first!.fields, looseHeader)),
    findings: [
      ...preface.findings,
      delimiterFinding(shape, options.delimiter !== undefined || preface.separator !== undefined),
      ...quoteFindings(shape, options),
      ...preambleFindings(shape.preamble),
      ...commentFindings(inComment === null ? before : before.slice(0, -1), preface.comment),
      headedBy,
      ...(hasRuler ? [rulerFinding(second)] : []),
      ...(hasUnits ? [unitsFinding(second!)] : []),
      ...(below === 'names' ? [secondHeaderFinding(second!)] : []),
      ...headed.findings,
    ],
  };
}

/** Behind the end of a record, and the line there. */
function placeBehind({ line, offset, end }: RecordPlace, text: string): { line: number; offset: number } {
  const behind = text[end - 1] === '\r' && text[end] === '\n' ? end + 1 : end;
  return { offset: behind, line: line + text.slice(offset, behind).split(/\r\n|\n|\r/).length - 1 };
}

/** The line of dashes that SQL Server and tables in Markdown have below the header. */
function isRuler(fields: readonly string[]): boolean {
  const filled = fields.map((field) => field.trim()).filter((field) => field !== '');
  return (
    filled.length > 0 &&
    filled.every((field) => /^:?[-=]+:?$/.test(field)) &&
    filled.some((field) => /--|==/.test(field))
  );
}

function headerDecision(
  { records, place }: DelimitedShape,
  options: ReadOptions,
  expects: ExpectedTable['columns'],
): Omit<HeaderDecision, 'clear'> {
  const fields = records.map((record) => record.fields);
  if (options.header !== undefined) {
    const header = options.header !== false;
    return { header, why: `It is read as ${header ? 'one' : 'data'}, as asked.` };
  }
  if (place.form === 'row-names') return { header: true, why: 'It has one field less than the rows.' };
  if (namesColumns(fields[0]!, expects)) return NAMED_HEADER;
  return decideHeader(fields.filter((record, i) => i !== 1 || !isRuler(record)));
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
  const { trailing } = place;
  const width = place.columns - trailing;
  const isShort = place.form === 'row-names' && cells.length === width - 1;
  const header = isShort ? [ROW_NAMES, ...cells] : cells.slice(0, width);
  const { names, findings } = uniqueNames(header);
  const values = data.map(({ fields }) => fields[0] ?? '');
  const isIndex =
    cells.some((cell) => cell.trim() !== '') && width > 1 && isIndexColumn(header[0] ?? '', values);
  const more: IngestFinding[] = [];
  if (isShort) more.push(rowNamesFinding(names[0]!));
  if (isIndex) more.push(indexFinding(names[0]!));
  if (trailing > 0) more.push(trailingFinding(trailing));
  return {
    names,
    trailing,
    indexColumn: isShort || isIndex ? 0 : -1,
    findings: cells.every((cell) => cell.trim() === '') ? more : [...findings, ...more],
  };
}
