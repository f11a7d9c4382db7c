import { fail } from '@slipway/contract';
import { type Dialect, RecordReader } from '../delimited/record-reader.ts';
import { unfit } from '../option-unfit.ts';
import { decideHeader } from './header.ts';
import { type FoundRecord, placeTable, type TablePlace } from './table-place.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Taken only where every record has them, and as many. */
const RARE_DELIMITERS = ['~', '^', ':'] as const;
/** Divides the fields of nothing that people write: text of one column may hold all others. */
const UNUSED_DELIMITER = '\x1f';

export type CommentLine = { text: string; line: number };

/** The form of a piece of delimited text, its records from the first of the table on, and what stands before. */
export type DelimitedShape = {
  dialect: Dialect;
  place: TablePlace;
  records: FoundRecord[];
  preamble: FoundRecord[];
  comments: CommentLine[];
  /** What stops the text from being read to its end. */
  problem: unknown;
};

export type ShapeToSniff = {
  file: string;
  /** Whether the text is all of the file. */
  complete: boolean;
  asked?: { delimiter?: string | undefined; quote?: string | undefined };
  comment?: string | undefined;
  /** Line number of the first line of the text. */
  firstLine?: number;
  /** Whether the user said on which line the table starts. */
  isLocated?: boolean;
  maxRecordCharacters: number;
};

const MAX_RECORDS = 5_000;
const BROKEN = 0.9;

/**
 * The delimiter under which most records agree in their number of fields (at least two), and the records read with it.
 * Text that no delimiter divides is one column. What is asked for is taken.
 *
 * Quotes inside quoted text are doubled (RFC 4180). A backslash before them is an escape only where the text cannot be
 * read that way: `"C:\",` ends with a backslash as often as not. Single quotes are quotes only where a column is always in
 * them, or where only so the records agree.
 *
 * Throws `file.option-unfit` where no line has the delimiter that is asked for, and `file.form-unclear`.
 */
export function sniffDelimited(text: string, options: ShapeToSniff): DelimitedShape {
  const quoted = bestQuotes(text, options);
  const asked = options.asked?.delimiter;
  if (asked !== undefined) return refuseUnused(asked, quoted, text, options);
  const best =
    quoted.place.score > 0 ? quoted : (rareShape(text, quoted, options) ?? oneColumn(text, quoted, options));
  if (best.place.unclear !== undefined) {
    throw fail('file.form-unclear', {
      file: options.file,
      reason: best.place.unclear,
      flag: '`--skip-rows` or `--header`',
    });
  }
  return cut(best);
}

export type ReadShape = {
  dialect: Dialect;
  place: TablePlace;
  records: FoundRecord[];
  comments: CommentLine[];
  problem: unknown;
};

/** What was read from the first record of the table on. */
export function cut({ dialect, place, records, comments, problem }: ReadShape): DelimitedShape {
  const { first } = place;
  return {
    dialect,
    place,
    comments,
    problem,
    records: records.slice(first),
    preamble: records.slice(0, first),
  };
}

function bestQuotes(text: string, options: ShapeToSniff): ReadShape {
  const asked = options.asked?.quote;
  const quote = asked ?? '"';
  const doubled = bestShape(text, { quote, escape: quote }, options);
  const escaped =
    doubled.problem !== null && quote !== '' && text.includes(`\\${quote}`)
      ? bestShape(text, { quote, escape: '\\' }, options)
      : doubled;
  const best = escaped.problem !== null ? doubled : escaped;
  if (asked !== undefined) {
    if (best.problem !== null)
      throw unfit(options.file, `--quote ${asked}`, 'a field that it opens is not closed before a delimiter');
    return best;
  }
  if (best.problem !== null) return orNoQuotes(text, best, options);
  return text.includes("'") ? orSingleQuotes(text, best, options) : best;
}

/** Between tabs quotes are often part of the text, as inches: where they close no field, and only so all records agree. */
function orNoQuotes(text: string, best: ReadShape, options: ShapeToSniff): ReadShape {
  const bare = bestShape(text, { quote: '', escape: '' }, options);
  const isQuoted = bare.records.some(({ fields }) => fields.some((field) => /^".*"$/s.test(field.trim())));
  const isEven = bare.place.score >= 1 && bare.place.first === 0 && bare.records.length > 2;
  return bare.dialect.delimiter === '\t' && isEven && !isQuoted ? bare : best;
}

function orSingleQuotes(text: string, best: ReadShape, options: ShapeToSniff): ReadShape {
  const single = bestShape(text, { quote: "'", escape: "'" }, options);
  if (single.problem !== null || single.place.score < 1) return best;
  if (best.records.some(({ quoted }) => quoted)) return best;
  const isBetter = single.place.score > best.place.score && best.place.score < 1;
  const columns = single.place.columns === best.place.columns ? best.place.columns : 0;
  const rows = best.records.slice(best.place.first + 1);
  const isQuoted = Array.from({ length: columns }, (_, i) => i).some(
    (i) => rows.length > 1 && rows.every(({ fields }) => /^'.*'$/s.test(fields[i]?.trim() ?? '')),
  );
  return isBetter || isQuoted ? single : best;
}

/** The delimiter under which most records agree. */
function bestShape(
  text: string,
  quotes: { quote: string; escape: string },
  options: ShapeToSniff,
): ReadShape {
  const asked = options.asked?.delimiter;
  const delimiters = asked === undefined ? DELIMITERS : [asked];
  const shapes = delimiters.map((delimiter) => headRecords(text, { delimiter, ...quotes }, options));
  return shapes.reduce((best, shape) => (shape.place.score > best.place.score ? shape : best));
}

function refuseUnused(asked: string, shape: ReadShape, text: string, options: ShapeToSniff): DelimitedShape {
  if (shape.records.some(({ fields }) => fields.length > 1) || shape.records.length === 0) return cut(shape);
  const other = bestShape(text, shape.dialect, { ...options, asked: {} });
  const found = other.place.score > 0 ? `; ${delimiterName(other.dialect)} divides the fields` : '';
  throw unfit(options.file, `--delimiter ${visible(asked)}`, `no line has it${found}`);
}

/** Delimiters that often are part of text: they divide only where all records have them, over a header. */
function rareShape(text: string, { dialect }: ReadShape, options: ShapeToSniff): ReadShape | null {
  const dialects: Dialect[] = RARE_DELIMITERS.map((delimiter) => ({ ...dialect, delimiter }));
  const shapes = [...dialects, { ...dialect, delimiter: ' ', runs: true }].map((one) => {
    const tabs = one.runs === true && text.includes('\t');
    return tabs ? null : headRecords(text, one, options);
  });
  return shapes.find((shape) => shape !== null && isCertain(shape)) ?? null;
}

function isCertain({ dialect, place, records, problem }: ReadShape): boolean {
  if (problem !== null || place.first > 0 || records.length < 2) return false;
  const rows = records.slice(1);
  const hasRowNames =
    place.form === 'row-names' && rows.every(({ fields }) => fields.length === place.columns);
  if (place.score < 1 && !hasRowNames) return false;
  const decision = decideHeader(records.map(({ fields }) => fields));
  if (dialect.runs === true) return hasRowNames || decision.clear || !decision.header;
  const isSpaced = records.some(({ fields }) => fields.slice(1).some((cell) => /^\s/.test(cell)));
  return decision.clear && !isSpaced && records.length > 2;
}

/** Text read as one column, whatever stands in its lines. */
export function oneColumn(text: string, { dialect }: { dialect: Dialect }, options: ShapeToSniff): ReadShape {
  const delimiter = DELIMITERS.find((mark) => !text.includes(mark)) ?? UNUSED_DELIMITER;
  return headRecords(text, { ...dialect, delimiter }, options);
}

class Enough extends Error {}

/** The first records; `problem` when the text stops being readable in this dialect. */
export function headRecords(text: string, dialect: Dialect, options: ShapeToSniff): ReadShape {
  const { file, maxRecordCharacters, comment, firstLine = 1 } = options;
  const records: FoundRecord[] = [];
  const comments: CommentLine[] = [];
  const reader = new RecordReader(
    dialect,
    (fields, place) => {
      if (fields.length === 1 && /^[ \t]*$/.test(fields[0]!) && dialect.delimiter !== '\t') return;
      records.push({ fields, place, quoted: text[place.offset] === dialect.quote });
      if (records.length >= MAX_RECORDS) throw new Enough();
    },
    {
      file,
      maxRecordCharacters,
      comment,
      firstLine,
      onComment: (said, line) => comments.push({ text: said, line }),
    },
  );
  let problem: unknown = null;
  try {
    reader.push(text);
    if (options.complete) reader.end();
  } catch (error) {
    // Malformed text: what was read so far is the sample, and reading the whole file reports the line.
    if (!(error instanceof Enough)) problem = error;
  }
  const place = placeTable(records, options.isLocated === true);
  // Of what another dialect reads to its end there is no doubt.
  const score = problem === null ? place.score : place.score * BROKEN;
  return { dialect, records, comments, problem, place: { ...place, score } };
}

const DELIMITER_NAMES: ReadonlyMap<string, string> = new Map([
  [',', 'a comma'],
  [';', 'a semicolon'],
  ['\t', 'a tab'],
  ['|', 'a vertical bar'],
  [':', 'a colon'],
  ['~', 'a tilde'],
  ['^', 'a caret'],
  [' ', 'a space'],
]);

export function delimiterName({ delimiter, runs }: Pick<Dialect, 'delimiter' | 'runs'>): string {
  return runs === true ? 'runs of spaces' : (DELIMITER_NAMES.get(delimiter) ?? `the character ${delimiter}`);
}

export function visible(character: string): string {
  return character === '\t' ? 'tab' : `'${character}'`;
}
