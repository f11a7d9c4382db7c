import type { RecordPlace } from '../delimited/record-reader.ts';
import { decideHeader } from './header.ts';

export type FoundRecord = { fields: string[]; place: RecordPlace; quoted: boolean };

/**
 * `row-names`: the header is one field shorter than the rows, whose first field is a name without a heading.
 * `trailing`: every record ends in a delimiter, which leaves an empty last field.
 */
export type TableForm = 'plain' | 'row-names' | 'trailing';

/** Where a table starts among records read in some dialect, and how well they agree. */
export type TablePlace = {
  first: number;
  columns: number;
  form: TableForm;
  /** Share of records that have as many fields as the table, a little more for more fields; 0 for one column. */
  score: number;
  /** Why it cannot be told whether the lines before are part of the table. */
  unclear?: string;
};

/** More lines than these before a table are not looked for. */
const MAX_PREAMBLE = 100;
const MAX_TRAILER = 10;
const UNCLEAR_SCORE = 0.5;

/**
 * The table starts with the first record from which on all have as many fields as most. Records before it are a preamble
 * where they have fewer fields and what follows is set off by a blank line or starts with a header. `isLocated` says that
 * the user named the line.
 */
export function placeTable(records: readonly FoundRecord[], isLocated: boolean): TablePlace {
  const counts = records.map(({ fields }) => fields.length);
  const columns = mostFrequent(counts);
  const whole: TablePlace = {
    first: 0,
    columns: counts[0] ?? 0,
    form: 'plain',
    score: agreement(counts, counts[0] ?? 0),
  };
  if (columns < 2 || counts[0]! > columns) return withHeaderLonger(records, counts, whole);
  const first = counts.indexOf(columns);
  const last = counts.lastIndexOf(columns);
  const inner = counts.slice(first, last + 1);
  const score = agreement(counts, columns);
  if (first === 0) return padded(records, { first, columns, form: 'plain', score }, isLocated);
  if (inner.some((count) => count !== columns) || counts.length - 1 - last > MAX_TRAILER) return whole;
  const rows = records.slice(first, last + 1);
  const header = decideHeader(rows.map(({ fields }) => fields));
  const isShorter = first === 1 && counts[0] === columns - 1;
  if (isShorter && rows.every(({ fields }) => fields.at(-1)!.trim() === '')) {
    return { first: 0, columns, form: 'trailing', score };
  }
  if (isShorter && !(header.clear && rows.length > 1) && hasRowNames(rows, columns)) {
    return { first: 0, columns, form: 'row-names', score };
  }
  if (isLocated || first > MAX_PREAMBLE || isProse(records[0]!, rows)) return whole;
  const isNamed =
    header.header && rows[0]!.fields.every((cell) => cell.trim() !== '' && !/^[\d.,\s-]+$/.test(cell));
  const isSetOff = rows[0]!.place.afterBlank;
  if (rows.length > 1 && (header.clear || isSetOff || (columns > 2 && isNamed))) {
    return { first, columns, form: 'plain', score };
  }
  if (columns < 3 || rows.length < 2) return whole;
  return { ...whole, score: UNCLEAR_SCORE * score, unclear: unclearReason(records, first, columns) };
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

/** A header that ends in a delimiter over rows that do not. */
function withHeaderLonger(
  records: readonly FoundRecord[],
  counts: readonly number[],
  whole: TablePlace,
): TablePlace {
  const [header, ...rows] = records;
  const isTrailing =
    rows.length > 0 &&
    header!.fields.at(-1)!.trim() === '' &&
    rows.every((_, i) => counts[i + 1] === counts[0]! - 1);
  if (!isTrailing || counts[0]! < 3) return whole;
  return { ...whole, columns: counts[0]!, form: 'trailing', score: 1 + counts[0]! / 1e5 };
}

/** Of two columns only where the names are quoted: `x` over `1,5` is rather one column of decimal commas. */
function hasRowNames(rows: readonly FoundRecord[], columns: number): boolean {
  return columns > 2 || rows.every(({ quoted }) => quoted);
}

/** One column of text with commas in it: a space follows each. */
function isProse(header: FoundRecord, rows: readonly FoundRecord[]): boolean {
  return (
    header.fields.length === 1 &&
    rows.every(({ fields }) => fields.slice(1).every((field) => /^\s/.test(field)))
  );
}

/** Spreadsheets fill titles above a table up with empty cells. A table all of whose records end empty has a column less. */
function padded(records: readonly FoundRecord[], place: TablePlace, isLocated: boolean): TablePlace {
  const { columns } = place;
  const filled = (record: FoundRecord) => record.fields.filter((cell) => cell.trim() !== '').length;
  const start = records.findIndex((record) => filled(record) > 1);
  const table = records.slice(start).filter(({ fields }) => fields.length === columns);
  const isTitle = !isLocated && columns > 2 && start > 0 && start <= MAX_PREAMBLE && table.length > 1;
  const starts = isTitle && decideHeader(table.map(({ fields }) => fields)).clear ? start : 0;
  const isTrailing =
    columns > 2 &&
    table.length > 1 &&
    table.every(({ fields }) => fields.at(-1)!.trim() === '') &&
    records[starts]!.fields.at(-1)!.trim() === '';
  return { ...place, first: starts, form: isTrailing ? 'trailing' : 'plain' };
}
