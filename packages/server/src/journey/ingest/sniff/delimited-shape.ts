import { type Dialect, RecordReader } from '../delimited/record-reader.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The form of a piece of delimited text, and its records. */
export type DelimitedShape = { dialect: Dialect; records: string[][] };

const MAX_RECORDS = 5_000;

/**
 * The delimiter under which most records have as many fields as the first (at least two), and the records read
 * with it. Text that no delimiter divides is one column. `asked` is taken when given.
 */
export function sniffDelimited(
  text: string,
  options: { file: string; complete: boolean; asked?: string | undefined; maxRecordCharacters: number },
): DelimitedShape {
  const mark = sniffEscape(text);
  const candidates = options.asked === undefined ? DELIMITERS : [options.asked];
  let best: { score: number; shape: DelimitedShape } | undefined;
  for (const delimiter of candidates) {
    const dialect = { delimiter, escape: mark };
    const records = headRecords(text, dialect, options);
    const score = agreement(records);
    if (best === undefined || score > best.score) best = { score, shape: { dialect, records } };
  }
  if (options.asked !== undefined || best!.score > 0) return best!.shape;
  const dialect = { delimiter: DELIMITERS.find((mark) => !text.includes(mark)) ?? ',', escape: mark };
  return { dialect, records: headRecords(text, dialect, options) };
}

/** The share of records with as many fields as the first, a little more for more fields; 0 when undivided. */
function agreement(records: string[][]): number {
  const fields = records[0]?.length ?? 0;
  if (fields < 2) return 0;
  const agreeing = records.filter((record) => record.length === fields).length;
  return agreeing / records.length + Math.min(fields, 1_000) / 1e5;
}

/** A backslash before quotes inside quoted text, where quotes are never doubled, is an escape. */
function sniffEscape(text: string): string {
  const backslashed = text.match(/\\"[^,;\t|\r\n]/g)?.length ?? 0;
  const doubled = text.match(/[^,;\t|\r\n]""[^,;\t|\r\n]/g)?.length ?? 0;
  return backslashed > 0 && doubled === 0 ? '\\' : '"';
}

class Enough extends Error {}

function headRecords(
  text: string,
  dialect: Dialect,
  options: { file: string; complete: boolean; maxRecordCharacters: number },
): string[][] {
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
  } catch {
    // Enough was read, or the text is malformed here: what was read so far is the sample, and reading the whole
    // file reports the malformed line.
  }
  return records;
}
