import type { RecordPlace } from '../delimited/record-reader.ts';
import { decideHeader } from './header.ts';

export type FoundRecord = { fields: string[]; place: RecordPlace; quoted: boolean };

/** `row-names`: the header is one field shorter than the rows, whose first field is a name without a heading. */
export type TableForm = 'plain' | 'row-names';

/** Where a table starts among records read in some dialect, and how well they agree. */
export type TablePlace = {
  first: number;
  /** Fields of most records. */
  columns: number;
  /** Of these the last ones that have no name and no value, as delimiters at the ends of lines leave them. */
  trailing: number;
  form: TableForm;
  /** Share of records that have as many fields as the table, a little more for more fields; 0 for one column. */
  score: number;
  /** Why it cannot be told whether the lines before are part of the table. */
  unclear?: string;
};

/** More lines than these before a table are not looked for. */
export const MAX_PREAMBLE = 100;
export const MAX_TRAILER = 10;
const UNCLEAR_SCORE = 0.5;
/** In so many records one in ten may have another number of fields: reading them all reports the line. */
const MANY_RECORDS = 20;
const MOST = 0.9;

/**
 * The table starts with the first record from which on all have as many fields as most. Records before it are a preamble
 * where they have fewer fields and what follows is set off by a blank line or starts with a header. `isLocated` says that
 * the user named the line.
 */
export function placeTable(records: readonly FoundRecord[], isLocated: boolean): TablePlace {
  const counts = records.map(({ fields }) => fields.length);
  const columns = mostFrequent(counts);
  if (columns < 2 || counts[0]! > columns) return atFirst(records, counts);
  const first = counts.indexOf(columns);
  const place = { first, columns, trailing: 0, form: 'plain', score: agreement(counts, columns) } as const;
  if (first > 0) return behind(records, counts, place, isLocated);
  const start = isLocated ? 0 : startOf(records.filter(({ fields }) => fields.length === columns));
  return withTrailing(records, { ...place, first: start });
}

/** Without a preamble; a header may end in a delimiter that the rows have not. */
function atFirst(records: readonly FoundRecord[], counts: readonly number[]): TablePlace {
  const columns = counts[0] ?? 0;
  const place: TablePlace = {
    first: 0,
    columns,
    trailing: 0,
    form: 'plain',
    score: agreement(counts, columns),
  };
  const [header, ...rows] = records;
  const isLonger = rows.length > 0 && columns > 2 && counts.slice(1).every((count) => count === columns - 1);
  if (!isLonger || header!.fields.at(-1)!.trim() !== '') return place;
  return { ...place, trailing: 1, score: agreement([columns], columns) };
}

/** Where the first records have fewer fields than most: a short header, or lines that are no part of the table. */
function behind(
  records: readonly FoundRecord[],
  counts: readonly number[],
  place: TablePlace,
  isLocated: boolean,
): TablePlace {
  const { first, columns, score } = place;
  const whole = atFirst(records, counts);
  const last = counts.lastIndexOf(columns);
  const rows = records.slice(first, last + 1).filter(({ fields }) => fields.length === columns);
  const between = last + 1 - first;
  const isEven = rows.length === between || (between >= MANY_RECORDS && rows.length >= MOST * between);
  if (!isEven || counts.length - 1 - last > MAX_TRAILER) return whole;
  const header = decideHeader(rows.map(({ fields }) => fields));
  const isShorter = first === 1 && counts[0] === columns - 1;
  if (isShorter && rows.every(({ fields }) => fields.at(-1)!.trim() === '')) {
    return { ...place, first: 0, trailing: 1 };
  }
  if (isShorter && !(header.clear && rows.length > 1) && hasRowNames(records[0]!, rows)) {
    return { ...place, first: 0, form: 'row-names' };
  }
  if (isLocated || first > MAX_PREAMBLE || isProse(records[0]!, rows)) return whole;
  const isNamed =
    header.header && rows[0]!.fields.every((cell) => cell.trim() !== '' && !/^[\d.,\s-]+$/.test(cell));
  const isSetOff = rows[0]!.place.afterBlank;
  if (rows.length > 1 && (header.clear || isSetOff || (columns > 2 && isNamed))) {
    return withTrailing(records, { ...place, first: first + startOf(rows) });
  }
  if (columns < 3 || rows.length < 2) return whole;
  return { ...whole, score: UNCLEAR_SCORE * score, unclear: unclearReason(records, first, columns) };
}

/**
 * The first record of the table among records with as many fields: titles above it may be filled up with empty fields, as
 * spreadsheets do, or have as many fields by chance and a blank line below them.
 */
function startOf(records: readonly FoundRecord[]): number {
  const fields = records.map((record) => record.fields);
  const columns = fields[0]!.length;
  const isTitle = (cells: readonly string[]) => cells.filter((cell) => cell.trim() !== '').length < 2;
  const start = columns > 2 ? fields.findIndex((cells) => !isTitle(cells)) : 0;
  if (start > 0 && start <= MAX_PREAMBLE && decideHeader(fields.slice(start)).clear) return start;
  const blank = records.slice(0, MAX_PREAMBLE).findIndex(({ place }, i) => i > 0 && place.afterBlank);
  return blank > 0 && decideHeader(fields.slice(blank)).clear ? blank : 0;
}

/** Counts the last columns that no record has a name or a value for. */
export function withTrailing(records: readonly FoundRecord[], place: TablePlace): TablePlace {
  const { first, columns } = place;
  const table = records.slice(first).filter(({ fields }) => fields.length === columns);
  if (columns < 3 || table.length < 2) return place;
  const isEmpty = (column: number) => table.every(({ fields }) => fields[column]!.trim() === '');
  let trailing = 0;
  while (trailing < columns - 2 && isEmpty(columns - 1 - trailing)) trailing++;
  return { ...place, trailing };
}

function unclearReason(records: readonly FoundRecord[], first: number, columns: number): string {
  const start = records[0]!;
  const fields = `${start.fields.length} field${start.fields.length === 1 ? '' : 's'}`;
  return `line ${start.place.line} has ${fields}, and the lines from ${records[first]!.place.line} on have ${columns}`;
}

function mostFrequent(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  let best = 0;
  for (const [count, number] of times) {
    const most = times.get(best) ?? 0;
    if (number > most || (number === most && count > best)) best = count;
  }
  return best;
}

function agreement(counts: readonly number[], columns: number): number {
  if (columns < 2) return 0;
  const agreeing = counts.filter((count) => count === columns).length;
  return agreeing / counts.length + Math.min(columns, 1_000) / 1e5;
}

/**
 * The header has names, none of which starts with a digit. Of two columns only where the names of the rows are quoted: `x`
 * over `1,5` is rather one column of decimal commas.
 */
function hasRowNames({ fields, quoted }: FoundRecord, rows: readonly FoundRecord[]): boolean {
  if (!quoted && fields.some((name) => /^\s*(?:[-+.]?\d|$)/.test(name))) return false;
  return fields.length > 1 || rows.every((row) => row.quoted);
}

/** One column of text with commas in it: a space follows each. */
function isProse(header: FoundRecord, rows: readonly FoundRecord[]): boolean {
  return (
    header.fields.length === 1 &&
    rows.every(({ fields }) => fields.slice(1).every((field) => /^\s/.test(field)))
  );
}
