import { fail } from '@slipway/contract';

/**
 * How the fields of delimited text are marked off. `quote` is empty where there is none; `escape` is the character
 * before a quote inside quoted text (the quote itself where quotes are doubled). With `runs`, several delimiters in a
 * row count as one and those at the ends of a line as none: the form of columns aligned by spaces.
 */
export type Dialect = { delimiter: string; quote: string; escape: string; runs?: boolean };

/**
 * Where a record was found: its line (from 1), the characters before it and up to its end, and whether a blank line is
 * before it. The end is behind the line end, or within one of two characters.
 */
export type RecordPlace = { line: number; offset: number; end: number; afterBlank: boolean };
export type OnRecord = (fields: string[], place: RecordPlace) => void;

export type RecordReaderOptions = {
  file: string;
  maxRecordCharacters: number;
  /** Records that start with this character are skipped; they are lines, whatever quotes they hold. */
  comment?: string | undefined;
  /** Line number of the first line that is pushed; 1 when left out. */
  firstLine?: number;
  onComment?: (text: string, line: number) => void;
};

const NONE = -1;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

type State = 'start' | 'plain' | 'quoted' | 'closed' | 'comment';

/**
 * A streaming reader of delimited text (RFC 4180, any delimiter, quote and line end). Push text, get records; blank
 * lines are skipped. A quote opens a quoted field only where the field starts. Throws `file.unreadable` with the line
 * for text after a closing quote, a quote never closed, and records longer than the limit.
 */
export class RecordReader {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #runs: boolean;
  readonly #comment: number;
  readonly #onRecord: OnRecord;
  readonly #onComment: RecordReaderOptions['onComment'];
  readonly #file: string;
  readonly #limit: number;
  #state: State = 'start';
  #fields: string[] = [];
  #field = '';
  #hasQuotes = false;
  #length = 0;
  #line: number;
  #base = 0;
  #place: RecordPlace;
  #afterCr = false;
  #escaped = false;
  #endedWithCr = false;

  constructor(dialect: Dialect, onRecord: OnRecord, options: RecordReaderOptions) {
    this.#delimiter = code(dialect.delimiter);
    this.#quote = code(dialect.quote);
    this.#escape = code(dialect.escape);
    this.#runs = dialect.runs === true;
    this.#comment = code(options.comment ?? '');
    this.#onRecord = onRecord;
    this.#onComment = options.onComment;
    this.#file = options.file;
    this.#limit = options.maxRecordCharacters;
    this.#line = options.firstLine ?? 1;
    this.#place = { line: this.#line, offset: 0, end: 0, afterBlank: false };
  }

  push(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#afterCr) {
        this.#afterCr = false;
        if (code === LF && this.#state !== 'quoted') {
          from = i + 1;
          this.#place.offset = this.#base + from;
          continue;
        }
      }
      if (this.#state === 'quoted') from = this.#inQuotes(text, i, from, code);
      else from = this.#outsideQuotes(text, i, from, code);
    }
    this.#keep(text, from, text.length);
    this.#base += text.length;
    if (text !== '') this.#endedWithCr = text.charCodeAt(text.length - 1) === CR;
  }

  end(): void {
    if (this.#state === 'quoted')
      this.#refuse(
        `the quote opened in the record of line ${this.#place.line} is never closed (if quotes are part of the text, pass --quote '')`,
      );
    if (this.#state === 'comment') {
      this.#onComment?.(this.#field, this.#place.line);
      return;
    }
    if (this.#fields.length > 0 || this.#field !== '' || this.#state === 'closed') {
      this.#addField(true);
      this.#emit(this.#base);
    }
  }

  #inQuotes(text: string, i: number, from: number, code: number): number {
    if (this.#escaped) {
      this.#escaped = false;
      return from;
    }
    if (code === LF) {
      if (!(i === 0 ? this.#endedWithCr : text.charCodeAt(i - 1) === CR)) this.#line++;
    } else if (code === CR) this.#line++;
    if (code === this.#escape && this.#escape !== this.#quote) {
      this.#keep(text, from, i);
      this.#escaped = true;
      return i + 1;
    }
    if (code !== this.#quote) return from;
    this.#keep(text, from, i);
    this.#state = 'closed';
    return i + 1;
  }

  #outsideQuotes(text: string, i: number, from: number, code: number): number {
    if (code === LF || code === CR) return this.#endLine(text, i, from, code);
    if (this.#state === 'comment') return from;
    if (code === this.#delimiter) return this.#endField(text, i, from);
    if (this.#state === 'closed') return this.#afterClosing(i, code);
    if (this.#state === 'start') return this.#startField(i, from, code);
    return from;
  }

  #startField(i: number, from: number, code: number): number {
    if (code === this.#comment && this.#fields.length === 0 && this.#field === '' && from === i) {
      this.#state = 'comment';
      return from;
    }
    if (code === this.#quote && this.#field === '' && from === i) {
      this.#state = 'quoted';
      this.#hasQuotes = true;
      return i + 1;
    }
    this.#state = 'plain';
    return from;
  }

  #afterClosing(i: number, code: number): number {
    if (code === this.#quote && this.#escape === this.#quote) {
      this.#field += text(code);
      this.#state = 'quoted';
      return i + 1;
    }
    if (code !== SPACE)
      this.#refuse(
        `line ${this.#line} has text after a closing quote (if quotes are part of the text, pass --quote '')`,
      );
    return i + 1;
  }

  #endField(text: string, i: number, from: number): number {
    if (this.#state !== 'closed') this.#keep(text, from, i);
    this.#addField(false);
    this.#grow(1);
    return i + 1;
  }

  /** `last` is said of a field that the line ends: after a run of delimiters there is none. */
  #addField(last: boolean): void {
    const between = this.#runs && this.#state === 'start' && this.#field === '';
    if (!between || (last && this.#fields.length === 0)) this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  #endLine(text: string, i: number, from: number, code: number): number {
    const { line } = this.#place;
    let blank = false;
    if (this.#state === 'comment') {
      this.#keep(text, from, i);
      this.#onComment?.(this.#field, line);
      this.#field = '';
      this.#length = 0;
      this.#state = 'start';
    } else {
      if (this.#state !== 'closed') this.#keep(text, from, i);
      this.#addField(true);
      blank = this.#fields.length === 1 && this.#fields[0] === '' && !this.#hasQuotes;
      if (blank) this.#fields = [];
      else this.#emit(this.#base + i + 1);
    }
    this.#line++;
    this.#afterCr = code === CR;
    this.#place = { line: this.#line, offset: this.#base + i + 1, end: 0, afterBlank: blank };
    return i + 1;
  }

  #emit(end: number): void {
    const fields = this.#fields;
    this.#fields = [];
    this.#length = 0;
    this.#hasQuotes = false;
    this.#place.end = end;
    this.#onRecord(fields, this.#place);
  }

  #keep(text: string, from: number, to: number): void {
    if (to <= from) return;
    if (this.#state === 'closed') return;
    this.#field += text.slice(from, to);
    this.#grow(to - from);
  }

  #grow(characters: number): void {
    this.#length += characters;
    if (this.#length > this.#limit) {
      this.#refuse(`the record of line ${this.#place.line} is longer than ${this.#limit} characters`);
    }
  }

  #refuse(reason: string): never {
    throw fail('file.unreadable', { file: this.#file, format: 'delimited text', reason });
  }
}

function code(character: string): number {
  return character === '' ? NONE : character.charCodeAt(0);
}

function text(code: number): string {
  return String.fromCharCode(code);
}
