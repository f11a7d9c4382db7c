import { fail } from '@slipway/contract';
import type { JsonHandler } from './json-scanner.ts';

/** Values are joined so many at a time: a text for each would take several times the memory. */
const VALUES_A_TEXT = 4_096;

/** Texts in order, compactly. None has a line break. */
class TextList {
  readonly #joined: string[] = [];
  #last: string[] = [];
  length = 0;

  push(text: string): void {
    this.#last.push(text);
    this.length++;
    if (this.#last.length === VALUES_A_TEXT) {
      this.#joined.push(this.#last.join('\n'));
      this.#last = [];
    }
  }

  *[Symbol.iterator](): Generator<string> {
    for (const joined of this.#joined) yield* joined.split('\n');
    yield* this.#last;
  }
}

/**
 * Holds the members of an object that are columns, each an object of a value for each row or a list, and gives them row by
 * row. Needs about as much memory as the document has characters.
 */
export class JsonColumns implements JsonHandler {
  readonly #names: string[] = [];
  readonly #columns: TextList[] = [];
  readonly #labels: TextList | null;

  /** With `labels` the keys of the first column become a column of their own. */
  constructor(options: { labels: boolean }) {
    this.#labels = options.labels ? new TextList() : null;
  }

  begin(_kind: 'object' | 'array', depth: number): 'take' | 'enter' {
    if (depth === 1) this.#columns.push(new TextList());
    return depth < 2 ? 'enter' : 'take';
  }

  key(name: string, depth: number): void {
    if (depth === 1) this.#names.push(name);
    else if (this.#columns.length === 1) this.#labels?.push(labelText(name));
  }

  value(text: string, _kind: string, depth: number): void {
    if (depth === 2) this.#columns.at(-1)!.push(text);
  }

  end(): void {}

  *rows(file: string): Generator<string> {
    const lists = this.#labels === null ? this.#columns : [this.#labels, ...this.#columns];
    const names = this.#labels === null ? this.#names : [labelName(this.#names), ...this.#names];
    const length = lists[0]?.length ?? 0;
    if (lists.some((list) => list.length !== length)) {
      throw fail('file.unreadable', {
        file,
        format: 'JSON',
        reason: 'its columns are not of the same length',
      });
    }
    const cells = lists.map((list) => list[Symbol.iterator]());
    for (let row = 0; row < length; row++) {
      yield `{${cells.map((one, i) => `"${names[i]}":${one.next().value as string}`).join(',')}}`;
    }
  }
}

/** What the labels of rows are called. */
export function labelName(names: readonly string[]): string {
  return ['index', 'row_index', 'row_names'].find((name) => !names.includes(name)) ?? 'row_labels';
}

/** A label as a JSON value: a number where it is one. */
export function labelText(label: string): string {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(label) ? label : `"${label}"`;
}

/** Gives members of an object as rows, with their keys as a further column where `labels`. */
export class MemberRows implements JsonHandler {
  readonly #onRow: (row: string, line: number) => void;
  readonly #labels: boolean;
  #label = '';

  constructor(options: { labels: boolean }, onRow: (row: string, line: number) => void) {
    this.#labels = options.labels;
    this.#onRow = onRow;
  }

  begin(_kind: 'object' | 'array', depth: number): 'take' | 'enter' {
    return depth === 0 ? 'enter' : 'take';
  }

  key(name: string): void {
    this.#label = name;
  }

  value(text: string, _kind: string, depth: number, line: number): void {
    if (depth !== 1) return;
    if (!this.#labels) {
      this.#onRow(text, line);
      return;
    }
    const name = text.includes('"index"') ? 'row_index' : 'index';
    this.#onRow(`{"${name}":${labelText(this.#label)},${text.slice(1)}`, line);
  }

  end(): void {}
}

/** The scalars in one member of an object that is an array. */
export class MemberList implements JsonHandler {
  readonly values: string[] = [];
  readonly #name: string;
  #member = '';

  constructor(name: string) {
    this.#name = name;
  }

  begin(_kind: 'object' | 'array', depth: number): 'take' | 'enter' {
    return depth === 0 || (depth === 1 && this.#member === this.#name) ? 'enter' : 'take';
  }

  key(name: string, depth: number): void {
    if (depth === 1) this.#member = name;
  }

  value(text: string, _kind: string, depth: number): void {
    if (depth === 2 && this.#member === this.#name) this.values.push(text);
  }

  end(): void {}
}
