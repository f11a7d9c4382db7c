import type { IngestFinding } from '@slipway/contract';
import type { Dialect } from '../delimited/record-reader.ts';
import type { ExpectedTable, FileForm } from '../model.ts';
import { plainName, ROW_NAMES } from './column-names.ts';
import {
  cut,
  type DelimitedShape,
  delimiterName,
  headRecords,
  oneColumn,
  type ReadShape,
  type ShapeToSniff,
  sniffDelimited,
} from './delimited-shape.ts';
import { decideHeader, type HeaderDecision, NAMED_HEADER } from './header.ts';
import { type FoundRecord, MAX_PREAMBLE, MAX_TRAILER, withTrailing } from './table-place.ts';

type DelimitedForm = Extract<FileForm, { format: 'csv' }>;

/** What a piece of text is read as; `header` where the expected columns settle it. */
export type SniffedTable = {
  shape: DelimitedShape;
  header: Omit<HeaderDecision, 'clear'> | null;
  findings: IngestFinding[];
};

/** `hasHeader`: what the user says of it. */
export type TableToSniff = ShapeToSniff & { hasHeader?: boolean };

/**
 * The form of the text of a later file: that of the dataset's first file where it finds the names of the columns and reads
 * all records alike, else what the text shows by itself. Without a form that is kept, what the text shows. A difference is
 * told. Throws as {@link sniffDelimited}.
 */
export function sniffExpected(
  text: string,
  expects: ExpectedTable | undefined,
  options: TableToSniff,
): SniffedTable {
  const form = expects?.form?.format === 'csv' ? expects.form : undefined;
  const stored = form && storedShape(text, form, expects!, options);
  if (!stored) {
    const alone = sniffDelimited(text, options);
    const shape = form ? withoutDoubtfulNames(alone, expects!) : alone;
    return { shape, header: null, findings: form ? changedFindings(shape, form) : [] };
  }
  return { ...stored, findings: keptFindings(stored.shape, aloneOf(text, options)) };
}

/** Whether at least half of the cells are names of columns. */
export function namesColumns(cells: readonly string[], columns: ExpectedTable['columns']): boolean {
  const names = new Set(columns.map(({ name }) => name));
  const known = cells.filter((cell) => names.has(plainName(cell))).length;
  return known > 0 && known * 2 >= cells.length;
}

/** The table as the first file was written; null where the text is not written so. */
function storedShape(
  text: string,
  form: DelimitedForm,
  { columns }: ExpectedTable,
  options: TableToSniff,
): Omit<SniffedTable, 'findings'> | null {
  const read = readStored(text, form, options);
  if (read.problem !== null || read.records.length === 0) return null;
  const { hasHeader = form.header } = options;
  const heading = headingOf(read.records, columns, options);
  if (heading < 0) return hasHeader ? null : withoutHeader(read, columns, options);
  if (options.hasHeader === false) return null;
  const place = placeBelow(read.records, heading, columns);
  return place && { shape: cut({ ...read, place }), header: NAMED_HEADER };
}

/** The records in the form that is kept, what the user says in its stead. */
function readStored(text: string, form: DelimitedForm, options: TableToSniff): ReadShape {
  const { asked = {} } = options;
  const quoted =
    asked.quote === undefined
      ? { quote: form.quote, escape: form.escape }
      : { quote: asked.quote, escape: asked.quote };
  const delimiter = asked.delimiter ?? form.delimiter;
  const dialect: Dialect = { delimiter, ...quoted };
  if (delimiter === '') return oneColumn(text, { dialect }, options);
  const runs = form.runs && asked.delimiter === undefined ? { runs: true } : {};
  return headRecords(text, { ...dialect, ...runs }, options);
}

/** The record that names the columns, within the lines that may stand before a table; -1 where none does. */
function headingOf(
  records: readonly FoundRecord[],
  columns: ExpectedTable['columns'],
  { isLocated }: ShapeToSniff,
): number {
  const looked = records.slice(0, isLocated ? 1 : MAX_PREAMBLE + 1);
  return looked.findIndex(({ fields }) => namesColumns(fields, columns));
}

/** All records below the header are as long as it, but for lines below the table. */
function placeBelow(
  records: readonly FoundRecord[],
  heading: number,
  expected: ExpectedTable['columns'],
): ReadShape['place'] | null {
  const width = records[heading]!.fields.length;
  const rows = records.slice(heading + 1);
  const columns =
    width + (rows.length > 0 && rows.every(({ fields }) => fields.length === width + 1) ? 1 : 0);
  const last = rows.findLastIndex(({ fields }) => fields.length === columns);
  const isEven = rows.every(
    ({ fields }, i) => fields.length === columns || (i > last && fields.length < columns),
  );
  if (!isEven || rows.length - 1 - last > MAX_TRAILER || (rows.length > 0 && last < 0)) return null;
  if (columns === width)
    return withTrailing(records, { first: heading, columns, trailing: 0, form: 'plain', score: 1 });
  if (rows.every(({ fields }) => fields.at(-1)!.trim() === ''))
    return { first: heading, columns, trailing: 1, form: 'plain', score: 1 };
  return heading === 0 && width > 1 && hasRowNames(expected)
    ? { first: 0, columns, trailing: 0, form: 'row-names', score: 1 }
    : null;
}

function hasRowNames(columns: ExpectedTable['columns']): boolean {
  return columns.some(({ name }) => name === ROW_NAMES);
}

/**
 * One row with a field too many holds rather a delimiter in its text than a name of the row, unless that is a number or
 * quoted, as R writes it: the row is left to be refused.
 */
function withoutDoubtfulNames(shape: DelimitedShape, { columns }: ExpectedTable): DelimitedShape {
  const { place, records } = shape;
  const [header, row, ...more] = records;
  if (place.form !== 'row-names' || row === undefined || more.length > 0 || hasRowNames(columns))
    return shape;
  if (row.quoted || /^\d+$/.test(row.fields[0]!.trim()) || !namesColumns(header!.fields, columns))
    return shape;
  return { ...shape, place: { ...place, columns: place.columns - 1, form: 'plain' } };
}

/** A file of rows alone, as the first file was one; the first record is none that only names columns. */
function withoutHeader(
  read: ReadShape,
  columns: ExpectedTable['columns'],
  { hasHeader }: TableToSniff,
): Omit<SniffedTable, 'findings'> | null {
  const fields = read.records.map((record) => record.fields);
  const width = fields[0]!.length;
  const isFit = width === columns.length || (width > 1 && width < columns.length);
  if (!isFit || fields.some(({ length }) => length !== width)) return null;
  if (hasHeader === undefined && decideHeader(fields).clear) return null;
  const why = hasHeader === false ? 'It is read as data, as asked.' : 'The first file had no header either.';
  const place = { first: 0, columns: width, trailing: 0, form: 'plain', score: 1 } as const;
  return { shape: cut({ ...read, place }), header: { header: false, why } };
}

/** What the text would be read as by itself, and what the user says that does not fit it is refused. */
function aloneOf(text: string, options: TableToSniff): DelimitedShape | null {
  try {
    return sniffDelimited(text, options);
  } catch (error) {
    if (options.asked?.delimiter !== undefined || options.asked?.quote !== undefined) throw error;
    return null;
  }
}

function keptFindings(stored: DelimitedShape, alone: DelimitedShape | null): IngestFinding[] {
  if (alone !== null && sayDialect(alone) === sayDialect(stored)) return [];
  const otherwise =
    alone === null
      ? 'by itself its form would be unclear'
      : `by itself it would be read with ${sayDialect(alone)}`;
  return [
    {
      code: 'form-kept',
      severity: 'info',
      message: `The file is read with ${sayDialect(stored)}, as the first file of the dataset: the names of the columns are found so; ${otherwise}.`,
      override: alone?.dialect.quote === stored.dialect.quote ? '--delimiter' : '--quote',
    },
  ];
}

function changedFindings(shape: DelimitedShape, form: DelimitedForm): IngestFinding[] {
  const columns = form.delimiter === '' ? 1 : 2;
  const before = sayDialect({ dialect: form, place: { columns } });
  if (sayDialect(shape) === before) return [];
  return [
    {
      code: 'form-changed',
      severity: 'info',
      message: `The file is read with ${sayDialect(shape)}; the first file of the dataset was read with ${before}, which does not read this one.`,
      override: '--delimiter',
    },
  ];
}

function sayDialect({
  dialect,
  place,
}: {
  dialect: Pick<Dialect, 'delimiter' | 'quote' | 'runs'>;
  place: Pick<DelimitedShape['place'], 'columns'>;
}): string {
  const { quote } = dialect;
  const delimiter = place.columns < 2 ? 'no delimiter' : `${delimiterName(dialect)} between fields`;
  const quotes = quote === '' ? 'quotes as part of the text' : `${quote} around fields`;
  return `${delimiter} and ${quotes}`;
}
