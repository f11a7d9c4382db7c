import { fail } from '@slipway/contract';

export type Dialect = { delimiter: string; escape: string };
/** `line` is the physical line (from 1) on which the record starts. */
export type OnRecord = (fields: string[], line: number) => void;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

type State = 'start' | 'plain' | 'quoted' | 'closed';

/**
 * A streaming reader of delimited text (RFC 4180, any delimiter and line end). Push text, get records; blank lines
 * are skipped. A quote opens a quoted field only where the field starts. Throws `file.unreadable` with the line
 * for text after a closing quote, a quote never closed, and records longer than the limit.
 */
export class RecordReader {
  readonly #delimiter: number;
  readonly #escape: number;
  readonly #onRecord: OnRecord;
  readonly #file: string;
  readonly #limit: number;
  #state: State = 'start';
  #fields: string[] = [];
  #field = '';
  #length = 0;
  #line = 1;
  #recordLine = 1;
  #afterCr = false;
  #escaped = false;

  constructor(dialect: Dialect, onRecord: OnRecord, options: { file: string; maxRecordCharacters: number }) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#escape = dialect.escape.charCodeAt(0);
    this.#onRecord = onRecord;
    this.#file = options.file;
    this.#limit = options.maxRecordCharacters;
  }

  push(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#afterCr) {
        this.#afterCr = false;
        if (code === LF && this.#state !== 'quoted') {
          from = i + 1;
          continue;
        }
      }
      if (this.#state === 'quoted') from = this.#inQuotes(text, i, from, code);
      else from = this.#outsideQuotes(text, i, from, code);
    }
    this.#keep(text, from, text.length);
  }

  end(): void {
    if (this.#state === 'quoted')
      this.#refuse(`the quote opened in the record of line ${this.#recordLine} is never closed`);
    if (this.#fields.length > 0 || this.#field !== '' || this.#state === 'closed') this.#endRecord();
  }

  #inQuotes(text: string, i: number, from: number, code: number): number {
    if (this.#escaped) {
      this.#escaped = false;
      return from;
    }
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) this.#line++;
    if (code === this.#escape && this.#escape !== QUOTE) {
      this.#keep(text, from, i);
      this.#escaped = true;
      return i + 1;
    }
    if (code !== QUOTE) return from;
    this.#keep(text, from, i);
    this.#state = 'closed';
    return i + 1;
  }

  #outsideQuotes(text: string, i: number, from: number, code: number): number {
    if (code === this.#delimiter) return this.#endField(text, i, from);
    if (code === LF || code === CR) {
      this.#endField(text, i, from);
      this.#line++;
      this.#afterCr = code === CR;
      this.#endLine();
      return i + 1;
    }
    if (this.#state === 'closed') return this.#afterClosing(i, code);
    if (this.#state === 'start') {
      if (code === QUOTE && this.#field === '' && from === i) {
        this.#state = 'quoted';
        return i + 1;
      }
      this.#state = 'plain';
    }
    return from;
  }

  #afterClosing(i: number, code: number): number {
    if (code === QUOTE && this.#escape === QUOTE) {
      this.#field += '"';
      this.#state = 'quoted';
      return i + 1;
    }
    if (code !== SPACE) this.#refuse(`line ${this.#line} has text after a closing quote`);
    return i + 1;
  }

  #endField(text: string, i: number, from: number): number {
    if (this.#state !== 'closed') this.#keep(text, from, i);
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
    this.#grow(1);
    return i + 1;
  }

  #endLine(): void {
    const blank = this.#fields.length === 1 && this.#fields[0] === '';
    if (blank) this.#fields = [];
    else this.#emit();
    this.#recordLine = this.#line;
  }

  #endRecord(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#emit();
  }

  #emit(): void {
    const fields = this.#fields;
    this.#fields = [];
    this.#length = 0;
    this.#onRecord(fields, this.#recordLine);
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
      this.#refuse(`the record of line ${this.#recordLine} is longer than ${this.#limit} characters`);
    }
  }

  #refuse(reason: string): never {
    throw fail('file.unreadable', { file: this.#file, format: 'delimited text', reason });
  }
}
