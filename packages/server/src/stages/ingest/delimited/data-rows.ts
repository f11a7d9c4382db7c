import { fail } from '@slipway/contract';
import { type Dialect, type RecordPlace, RecordReader } from './record-reader.ts';

/** Where the rows of a delimited file are, and what is not one of them. */
export type DataForm = {
  file: string;
  dialect: Dialect;
  /** Fields of every row. */
  columns: number;
  /** How many delimiters without a column may stand at the end of a row. */
  trailing: number;
  /** The fields of the header's record; records equal to it are left out. Null where there is none. */
  header: readonly string[] | null;
  /** Whether records that differ from the header in case or outer spaces alone are left out as well. */
  looseHeader: boolean;
  comment: string | undefined;
  /** How many of the last rows are left out. */
  footer: number;
  /** Characters of the text before the first row, and the line that it is on. */
  start: number;
  startLine: number;
  maxRecordCharacters: number;
};

/** What was left out of the rows, by lines. */
export type LeftOut = {
  repeatedHeaders: { count: number; lines: number[] };
  comments: { count: number; lines: number[] };
  trailer: { line: number; text: string }[];
  /** The last rows, as many as are asked for. */
  footer: { line: number; text: string }[];
};

type Held = { fields: string[]; place: RecordPlace };

const LINES_KEPT = 5;
const MAX_TRAILER = 10;
/** Words that lines below a table begin with. */
const TRAILER =
  /^[\s*(=-]*(?:(?:grand |sub)?total|sum|summe|gesamt|insgesamt|totale?|somme|suma|итого|всего|合計|合计|總計|average|mean|count|rows?|records?|\d+ (?:rows?|records?|lines?)|source|notes?|quelle|fuente|end of|eof|generated|exported|created|report|copyright|©)(?![\p{L}\d_])/iu;

/**
 * Reads the rows out of text pushed from the file's first character on. Blank lines, comments and repeated headers are left
 * out. Records with other numbers of fields are refused with `file.ragged`, unless they are the last ones and a trailer:
 * behind a blank line, or beginning with a word such as "Total" or "(120 rows affected)", with fewer fields.
 */
export class DataRows {
  readonly leftOut: LeftOut = {
    repeatedHeaders: { count: 0, lines: [] },
    comments: { count: 0, lines: [] },
    trailer: [],
    footer: [],
  };
  readonly #form: DataForm;
  readonly #onRow: (fields: string[], line: number) => void;
  readonly #reader: RecordReader;
  #skip: number;
  /** Records that may be among the last ones. */
  readonly #last: Held[] = [];
  #held: Held[] = [];
  #isTrailer = false;

  constructor(form: DataForm, onRow: (fields: string[], line: number) => void) {
    this.#form = form;
    this.#onRow = onRow;
    this.#skip = form.start;
    this.#reader = new RecordReader(form.dialect, (fields, place) => this.#delay(fields, place), {
      file: form.file,
      maxRecordCharacters: form.maxRecordCharacters,
      comment: form.comment,
      firstLine: form.startLine,
      onComment: (_, line) => noteLine(this.leftOut.comments, line),
    });
  }

  push(text: string): void {
    const rest = this.#skip === 0 ? text : text.slice(this.#skip);
    this.#skip = Math.max(0, this.#skip - text.length);
    if (rest !== '') this.#reader.push(rest);
  }

  end(): void {
    this.#reader.end();
    this.leftOut.footer = this.#last.map((record) => this.#shown(record));
    if (this.#held.length === 0) return;
    const first = this.#held[0]!;
    if (!this.#isTrailer) throw this.#ragged(first);
    this.leftOut.trailer = this.#held.map((record) => this.#shown(record));
  }

  #shown({ fields, place }: Held): { line: number; text: string } {
    return { line: place.line, text: fields.join(this.#form.dialect.delimiter).trim().slice(0, 200) };
  }

  /** Keeps back as many records as may be the last ones. */
  #delay(fields: string[], place: RecordPlace): void {
    const { footer } = this.#form;
    if (footer === 0) {
      this.#take(fields, place);
      return;
    }
    this.#last.push({ fields, place: { ...place } });
    if (this.#last.length <= footer) return;
    const { fields: now, place: where } = this.#last.shift()!;
    this.#take(now, where);
  }

  #take(fields: string[], place: RecordPlace): void {
    const { columns, dialect, header, looseHeader, trailing } = this.#form;
    if (fields.length === 1 && dialect.delimiter !== '\t' && /^[ \t]*$/.test(fields[0]!) && columns > 1)
      return;
    if (header !== null && isHeader(fields, header, looseHeader)) {
      if (this.#held.length > 0) throw this.#ragged(this.#held[0]!);
      noteLine(this.leftOut.repeatedHeaders, place.line);
      return;
    }
    if (trailing > 0 && fields.length > columns && fields.length <= columns + trailing) {
      this.#dropLast(fields, place);
    }
    if (fields.length !== columns) {
      this.#hold({ fields, place });
      return;
    }
    if (this.#held.length > 0) throw this.#ragged(this.#held[0]!);
    this.#onRow(fields, place.line);
  }

  #dropLast(fields: string[], place: RecordPlace): void {
    const value = fields.splice(this.#form.columns).find((field) => field.trim() !== '');
    if (value === undefined) return;
    throw fail('file.form-unclear', {
      file: this.#form.file,
      reason: `line ${place.line} has the value ${value.trim().slice(0, 50)} behind the last column that has a name`,
      flag: 'a name for that column in the header',
    });
  }

  #hold(record: Held): void {
    if (this.#held.length === 0) {
      const isShorter = record.fields.length < this.#form.columns;
      this.#isTrailer = isShorter && (record.place.afterBlank || TRAILER.test(record.fields[0]!));
      if (!this.#isTrailer) throw this.#ragged(record);
    }
    this.#held.push(record);
    if (this.#held.length > MAX_TRAILER) throw this.#ragged(this.#held[0]!);
  }

  #ragged({ fields, place }: Held) {
    const { file, columns } = this.#form;
    return fail('file.ragged', { file, line: place.line, found: fields.length, expected: columns });
  }
}

function noteLine(into: { count: number; lines: number[] }, line: number): void {
  into.count++;
  if (into.lines.length < LINES_KEPT) into.lines.push(line);
}

/** Whether a record repeats the header. Tables of one column hold words that may be that of the header. */
export function isHeader(fields: readonly string[], header: readonly string[], loose: boolean): boolean {
  if (header.length < 2 || fields.length !== header.length) return false;
  return fields.every((field, i) => {
    const name = header[i]!;
    const cell = i === 0 && field.startsWith('\ufeff') ? field.slice(1) : field;
    return cell === name || (loose && bare(cell) === bare(name));
  });
}

/**
 * Whether a record with the names of the header in other case or with outer spaces can only be a header: some column holds
 * numbers or dates in every row looked at, and its name is none. In a table of words, "yes,no" below "Yes,No" may be a row.
 */
export function isLooseHeader(header: readonly string[], rows: readonly (readonly string[])[]): boolean {
  return header.some((name, i) => {
    const cells = rows.map((row) => row[i]?.trim() ?? '').filter((cell) => cell !== '');
    const values = cells.filter((cell) => bare(cell) !== bare(name));
    return !/\d/.test(name) && values.length > 0 && values.every((cell) => /\d/.test(cell));
  });
}

function bare(text: string): string {
  return text.trim().toLowerCase();
}
