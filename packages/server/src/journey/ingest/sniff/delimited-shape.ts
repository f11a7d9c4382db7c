import { type Dialect, RecordReader } from '../delimited/record-reader.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The form of a piece of delimited text, and its records. */
export type DelimitedShape = { dialect: Dialect; records: string[][] };

const MAX_RECORDS = 5_000;

/**
 * The delimiter under which most records have as many fields as the first (at least two), and the records read
 * with it. Text that no delimiter divides is one column. `asked` is taken when given.
 *
 * Quotes inside quoted text are doubled (RFC 4180). A backslash before them is an escape only where the text cannot be
 * read that way: `"C:\",` ends with a backslash as often as not.
 */
export function sniffDelimited(
  text: string,
  options: { file: string; complete: boolean; asked?: string | undefined; maxRecordCharacters: number },
): DelimitedShape {
  const doubled = bestShape(text, '"', options);
  const escaped = doubled.isBroken && text.includes('\\"') ? bestShape(text, '\\', options) : doubled;
  const best = escaped.isBroken ? doubled : escaped;
  if (options.asked !== undefined || agreement(best.records) > 0) return best;
  const delimiter = DELIMITERS.find((mark) => !text.includes(mark)) ?? ',';
  return headRecords(text, { ...best.dialect, delimiter }, options);
}

type SniffOptions = Parameters<typeof sniffDelimited>[1];
type ReadShape = DelimitedShape & { isBroken: boolean };

/** The delimiter under which most records agree, quotes inside quoted text being marked by `mark`. */
function bestShape(text: string, mark: string, options: SniffOptions): ReadShape {
  const delimiters = options.asked === undefined ? DELIMITERS : [options.asked];
  const shapes = delimiters.map((delimiter) => headRecords(text, { delimiter, escape: mark }, options));
  return shapes.reduce((best, shape) => (agreement(shape.records) > agreement(best.records) ? shape : best));
}

/** The share of records with as many fields as the first, a little more for more fields; 0 when undivided. */
function agreement(records: string[][]): number {
  const fields = records[0]?.length ?? 0;
  if (fields < 2) return 0;
  const agreeing = records.filter((record) => record.length === fields).length;
  return agreeing / records.length + Math.min(fields, 1_000) / 1e5;
}

class Enough extends Error {}

/** The first records; `isBroken` when the text stops being readable in this dialect. */
function headRecords(text: string, dialect: Dialect, options: Omit<SniffOptions, 'asked'>): ReadShape {
  const records: string[][] = [];
  const reader = new RecordReader(
    dialect,
    (fields) => {
      records.push(fields);
      if (records.length >= MAX_RECORDS) throw new Enough();
    },
    options,
  );
  try {
    reader.push(text);
    if (options.complete) reader.end();
  } catch (error) {
    // Malformed text: what was read so far is the sample, and reading the whole file reports the line.
    return { dialect, records, isBroken: !(error instanceof Enough) };
  }
  return { dialect, records, isBroken: false };
}
