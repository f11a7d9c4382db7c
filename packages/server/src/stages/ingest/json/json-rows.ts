import { fail } from '@slipway/contract';
import { scalarKind } from './json-outline.ts';
import type { JsonHandler } from './json-scanner.ts';
import type { JsonShape } from './json-shape.ts';

export type OnJsonRow = (row: string, line: number) => void;

/** Gives the objects of a document that are rows: one after another, in an array, or in an array within members. */
export class ObjectRows implements JsonHandler {
  readonly #path: readonly string[];
  readonly #depth: number;
  readonly #onRow: OnJsonRow;
  readonly #file: string;
  readonly #keys: string[] = [];

  /** `depth` counts the brackets around the rows. */
  constructor(shape: { path: readonly string[]; depth: number }, file: string, onRow: OnJsonRow) {
    this.#path = shape.path;
    this.#depth = shape.depth;
    this.#onRow = onRow;
    this.#file = file;
  }

  begin(_kind: 'object' | 'array', depth: number): 'take' | 'enter' {
    if (depth >= this.#depth) return 'take';
    return depth === 0 || this.#path[depth - 1] === this.#keys[depth - 1] ? 'enter' : 'take';
  }

  key(name: string, depth: number): void {
    this.#keys[depth - 1] = name;
  }

  value(text: string, kind: 'object' | 'array' | 'scalar', depth: number, line: number): void {
    if (depth !== this.#depth || !this.#path.every((key, i) => this.#keys[i] === key)) return;
    if (kind !== 'object') throw notAnObject(this.#file, line);
    this.#onRow(text, line);
  }

  end(): void {}
}

/** Gives arrays of values as objects with the names of a header: that of a member, or the first array. */
export class ArrayRows implements JsonHandler {
  readonly #shape: { header: string; rows: string } | null;
  readonly #rowDepth: number;
  readonly #onRow: OnJsonRow;
  readonly #file: string;
  #header: string[] | null;
  #member = '';
  #cells: string[] = [];
  #line = 1;

  /** `names` are those of the columns where they were read before; the first array has them where there is no member. */
  constructor(
    shape: { members: { header: string; rows: string } | null; rowDepth: number; names: string[] | null },
    file: string,
    onRow: OnJsonRow,
  ) {
    this.#shape = shape.members;
    this.#rowDepth = shape.rowDepth;
    this.#header = shape.names;
    this.#file = file;
    this.#onRow = onRow;
  }

  begin(kind: 'object' | 'array', depth: number): 'take' | 'enter' {
    if (depth > this.#rowDepth || (this.#shape !== null && depth > 0 && this.#member !== this.#shape.rows))
      return 'take';
    if (depth === this.#rowDepth) {
      if (kind !== 'array') throw notAnObject(this.#file, null);
      this.#cells = [];
    }
    return 'enter';
  }

  key(name: string, depth: number): void {
    if (depth === 1) this.#member = name;
  }

  value(text: string, _kind: string, depth: number, line: number): void {
    if (depth === this.#rowDepth + 1) this.#cells.push(text);
    else if (depth === this.#rowDepth && (this.#shape === null || this.#member === this.#shape.rows)) {
      throw notAnObject(this.#file, line);
    }
    this.#line = line;
  }

  end(_kind: 'object' | 'array', depth: number): void {
    if (depth !== this.#rowDepth || (this.#shape !== null && this.#member !== this.#shape.rows)) return;
    if (this.#header === null) {
      const isHeader = this.#cells.length === 0 || this.#cells.every((cell) => scalarKind(cell) === 'text');
      this.#header = isHeader
        ? headerNames(this.#cells, this.#file)
        : this.#cells.map((_, i) => `"column_${i + 1}"`);
      if (isHeader) return;
    }
    const header = this.#header;
    if (this.#cells.length !== header.length) {
      const [found, expected] = [this.#cells.length, header.length];
      throw fail('file.ragged', { file: this.#file, line: this.#line, found, expected });
    }
    this.#onRow(`{${this.#cells.map((cell, i) => `${header[i]}:${cell}`).join(',')}}`, this.#line);
  }
}

/** Names as JSON text, from the cells of a header. */
export function headerNames(cells: readonly string[], file: string): string[] {
  if (
    cells.length === 0 ||
    cells.some((cell) => scalarKind(cell) !== 'text' && scalarKind(cell) !== 'number')
  ) {
    const reason = 'its first array is no header of names. Give an array of objects, or one object a line';
    throw fail('file.unreadable', { file, format: 'JSON', reason });
  }
  const names = cells.map((cell) => (cell.startsWith('"') ? cell : `"${cell}"`));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw fail('file.unreadable', {
    file,
    format: 'JSON',
    reason: `the name ${twice} stands twice in its header`,
  });
}

function notAnObject(file: string, line: number | null) {
  const where = line === null ? 'one of its rows' : `line ${line}`;
  const reason = `${where} has a value that is no row. Give an array of objects, or one object a line`;
  return fail('file.unreadable', { file, format: 'JSON', reason });
}

/** The objects of which shapes are rows, and where. */
export function objectPlace(shape: JsonShape): { path: readonly string[]; depth: number } {
  if (shape.form === 'within') return { path: shape.path, depth: shape.path.length + 1 };
  return { path: [], depth: shape.form === 'array' ? 1 : 0 };
}
