import { fail } from '@slipway/contract';

export type JsonKind = 'object' | 'array' | 'scalar';

/** What hears of the values of a JSON document. Depth counts the objects and arrays around a value. */
export type JsonHandler = {
  /** Before an object or array: whether its text is wanted as a whole, or its parts one by one. */
  begin(kind: 'object' | 'array', depth: number): 'take' | 'enter';
  /** The key of the value that follows in an object that was entered, as it is written between its quotes. */
  key(name: string, depth: number): void;
  /** The text of a scalar, or of a value that was taken, in one line; and the line (from 1) that it starts on. */
  value(text: string, kind: JsonKind, depth: number, line: number): void;
  /** After the parts of an object or array that was entered. */
  end(kind: 'object' | 'array', depth: number): void;
};

type Open = { kind: 'object' | 'array'; line: number };

const SPACE = /\s/;
const DEEPEST = 1_000;

/**
 * A streaming scanner of JSON that keeps the text of values as it is written, numbers above all. Lenient in commas: those
 * before a closing bracket or between documents are passed over. Whether the text of a value is valid is left to the
 * engine. Throws `file.unreadable` with the line for brackets that do not match.
 */
export class JsonScanner {
  readonly #handler: JsonHandler;
  readonly #file: string;
  readonly #limit: number;
  readonly #entered: Open[] = [];
  #mode: 'between' | 'string' | 'scalar' | 'taken' | 'taken-string' = 'between';
  #escaped = false;
  #text = '';
  #comma = false;
  #takenDepth = 0;
  #takenKind: 'object' | 'array' = 'object';
  #start = 1;
  #line = 1;
  #afterCr = false;
  #isKey = false;

  constructor(handler: JsonHandler, options: { file: string; maxValueCharacters: number }) {
    this.#handler = handler;
    this.#file = options.file;
    this.#limit = options.maxValueCharacters;
  }

  push(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const character = text[i]!;
      if (character === '\n' || character === '\r') {
        if (!(character === '\n' && this.#afterCr)) this.#line++;
        this.#afterCr = character === '\r';
      } else this.#afterCr = false;
      from = this.#step(text, i, from, character);
    }
    this.#keep(text, from, text.length);
  }

  /** Throws when a value is left open. */
  end(): void {
    if (this.#mode === 'scalar') this.#scalar();
    const open = this.#entered.at(-1);
    if (this.#mode !== 'between')
      this.#refuse(`the value that starts on line ${this.#start} is never closed`);
    if (open !== undefined) this.#refuse(`the ${open.kind} that starts on line ${open.line} is never closed`);
  }

  #step(text: string, i: number, from: number, character: string): number {
    switch (this.#mode) {
      case 'between':
        return this.#between(i, character);
      case 'scalar':
        if (!SPACE.test(character) && !',:]}'.includes(character)) return from;
        this.#keep(text, from, i);
        this.#scalar();
        return this.#between(i, character);
      case 'string':
      case 'taken-string':
        return this.#inString(text, i, from, character);
      case 'taken':
        return this.#inTaken(text, i, from, character);
    }
  }

  #between(i: number, character: string): number {
    if (SPACE.test(character) || character === ',') return i + 1;
    if (character === ':') {
      this.#isKey = false;
      return i + 1;
    }
    if (character === '{' || character === '[') return this.#open(i, character);
    if (character === '}' || character === ']') return this.#close(i, character);
    this.#start = this.#line;
    this.#mode = character === '"' ? 'string' : 'scalar';
    return i;
  }

  #open(i: number, character: string): number {
    const kind = character === '{' ? 'object' : 'array';
    this.#start = this.#line;
    if (this.#handler.begin(kind, this.#entered.length) === 'take') {
      this.#takenKind = kind;
      this.#takenDepth = 1;
      this.#mode = 'taken';
      return i;
    }
    if (this.#entered.length === DEEPEST)
      this.#refuse(`line ${this.#line} has more than ${DEEPEST} objects and lists in each other`);
    this.#entered.push({ kind, line: this.#line });
    this.#isKey = kind === 'object';
    return i + 1;
  }

  #close(i: number, character: string): number {
    const open = this.#entered.pop();
    const kind = character === '}' ? 'object' : 'array';
    if (open?.kind !== kind) this.#refuse(`line ${this.#line} has a ${character} that closes nothing`);
    this.#handler.end(kind, this.#entered.length);
    this.#isKey = this.#entered.at(-1)?.kind === 'object';
    return i + 1;
  }

  /** Inside a value that is wanted as a whole. A comma before a closing bracket is left out. */
  #inTaken(text: string, i: number, from: number, character: string): number {
    if (SPACE.test(character)) return from;
    if (this.#comma) {
      if (character !== '}' && character !== ']') this.#text += ',';
      this.#comma = false;
    }
    if (character === ',') {
      this.#keep(text, from, i);
      this.#comma = true;
      return i + 1;
    }
    if (character === '"') this.#mode = 'taken-string';
    if (character === '{' || character === '[') this.#takenDepth++;
    if ((character !== '}' && character !== ']') || --this.#takenDepth > 0) return from;
    this.#keep(text, from, i + 1);
    this.#mode = 'between';
    this.#give(this.#takenKind);
    return i + 1;
  }

  #inString(text: string, i: number, from: number, character: string): number {
    if (this.#escaped) {
      this.#escaped = false;
      return from;
    }
    if (character === '\\') this.#escaped = true;
    if (character !== '"') return from;
    if (this.#mode === 'taken-string') {
      this.#mode = 'taken';
      return from;
    }
    this.#keep(text, from, i + 1);
    this.#mode = 'between';
    this.#string();
    return i + 1;
  }

  #string(): void {
    if (!this.#isKey) {
      this.#give('scalar');
      return;
    }
    const name = this.#text.slice(1, -1);
    this.#text = '';
    this.#handler.key(name, this.#entered.length);
  }

  #scalar(): void {
    this.#mode = 'between';
    this.#give('scalar');
  }

  #give(kind: JsonKind): void {
    const text = this.#text.replace(/[\r\n]+/g, ' ');
    this.#text = '';
    this.#handler.value(text, kind, this.#entered.length, this.#start);
    this.#isKey = this.#entered.at(-1)?.kind === 'object';
  }

  #keep(text: string, from: number, to: number): void {
    if (to <= from || this.#mode === 'between') return;
    this.#text += text.slice(from, to);
    if (this.#text.length > this.#limit) {
      this.#refuse(`the value that starts on line ${this.#start} is longer than ${this.#limit} characters`);
    }
  }

  #refuse(reason: string): never {
    throw fail('file.unreadable', { file: this.#file, format: 'JSON', reason });
  }
}
