import { fail } from '@slipway/contract';
import type { TableOutline } from '../ports.ts';

export type JsonLimits = {
  /** Most columns: keys of the rows, and of objects in them, with a value that is no object. */
  columns: number;
  /** Most objects and lists in each other, the row among them. */
  depth: number;
  /** Most different keys of objects within lists. */
  listedKeys: number;
};

const [QUOTE, COMMA, COLON, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x2c, 0x3a, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];
const [LIST, OBJECT] = [1, 2];
const LAST_SPACE = 0x20;

/**
 * Refuses rows of JSON that would take the engine without measure: it makes a column of every key that any row has, and goes down
 * into values by recursion. Looks at each byte once and keeps what it has seen of keys as hashes; JSON that is no JSON passes, for the engine
 * to tell.
 *
 * @param rowDepth lists around the rows: 1 for an array of objects, 0 for an object a line
 *
 * Returns how many rows and columns there are; of what is not well-formed, about how many.
 * Throws `file.too-many-columns` and `file.too-complex`.
 */
export async function surveyJson(
  chunks: AsyncIterable<Uint8Array>,
  { file, rowDepth, limits }: { file: string; rowDepth: number; limits: JsonLimits },
): Promise<TableOutline> {
  const survey = new JsonSurvey(file, rowDepth, limits);
  for await (const chunk of chunks) survey.push(chunk);
  return survey.outline();
}

class JsonSurvey {
  readonly #file: string;
  readonly #limits: JsonLimits;
  readonly #deepest: number;
  readonly #rowDepth: number;
  /** Of what is open: its kind, and a hash of the keys that lead to it. */
  readonly #kinds: Uint8Array;
  readonly #paths: Float64Array;
  /** Hashes of keys that lead to values, outside of lists and in them. */
  readonly #columns = new Set<number>();
  readonly #listed = new Set<number>();
  #rows = 0;
  #depth = 0;
  #lists = 0;
  #isString = false;
  #isEscaped = false;
  #isKeyNext = false;
  #isKey = false;
  #hash = 0;
  #check = 0;
  /** Hash of the key whose value comes next; NaN where none waits. */
  #waiting = Number.NaN;

  constructor(file: string, rowDepth: number, limits: JsonLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#rowDepth = rowDepth;
    this.#deepest = limits.depth + rowDepth;
    this.#kinds = new Uint8Array(this.#deepest + 1);
    this.#paths = new Float64Array(this.#deepest + 1);
  }

  outline(): TableOutline {
    return { rows: this.#rows, columns: this.#columns.size };
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      if (this.#isString) i = this.#inString(bytes, i);
      else this.#outside(bytes[i]!);
    }
  }

  /** Returns the place of the last byte that it looked at. */
  #inString(bytes: Uint8Array, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#endString();
        return i;
      }
      if (!this.#isKey) continue;
      this.#hash = Math.imul(this.#hash ^ byte, 0x01000193);
      this.#check = Math.imul(this.#check, 31) + byte;
    }
    return bytes.length;
  }

  #endString(): void {
    this.#isString = false;
    if (!this.#isKey) return;
    this.#isKey = false;
    this.#waiting = pathOf(this.#paths[this.#depth]!, this.#hash, this.#check);
  }

  #outside(byte: number): void {
    if (byte <= LAST_SPACE || byte === COLON) return;
    if (byte === OPEN_OBJECT) this.#open(OBJECT);
    else if (byte === OPEN_LIST) this.#open(LIST);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#close();
    else if (byte === COMMA) this.#isKeyNext = this.#kinds[this.#depth] === OBJECT;
    else if (byte === QUOTE) this.#beginString();
    else this.#count();
  }

  #beginString(): void {
    this.#isString = true;
    this.#isKey = this.#isKeyNext;
    this.#isKeyNext = false;
    this.#hash = 0x811c9dc5;
    this.#check = 0;
    if (!this.#isKey) this.#count();
  }

  #open(kind: number): void {
    const isRow = this.#depth <= this.#rowDepth;
    const path = Number.isNaN(this.#waiting) ? this.#paths[this.#depth]! : this.#waiting;
    if (kind === LIST) this.#count();
    if (this.#depth === this.#rowDepth) this.#rows++;
    this.#waiting = Number.NaN;
    if (++this.#depth > this.#deepest) throw this.#tooDeep();
    this.#kinds[this.#depth] = kind;
    this.#paths[this.#depth] = isRow ? 0 : path;
    if (kind === LIST && this.#depth > this.#rowDepth) this.#lists++;
    this.#isKeyNext = kind === OBJECT;
  }

  #close(): void {
    if (this.#depth === 0) return;
    if (this.#kinds[this.#depth] === LIST && this.#depth > this.#rowDepth) this.#lists--;
    this.#depth--;
    this.#isKeyNext = false;
  }

  /** A value that is no object stands behind the key that waits. */
  #count(): void {
    if (Number.isNaN(this.#waiting)) return;
    const { columns, listedKeys } = this.#limits;
    if (this.#lists === 0) {
      this.#columns.add(this.#waiting);
      if (this.#columns.size > columns) throw this.#tooMany(columns);
    } else {
      this.#listed.add(this.#waiting);
      if (this.#listed.size > listedKeys) throw this.#tooManyListed(listedKeys);
    }
    this.#waiting = Number.NaN;
  }

  #tooMany(limit: number): Error {
    return fail('file.too-many-columns', { file: this.#file, columns: `more than ${limit}`, limit });
  }

  #tooDeep(): Error {
    const { depth } = this.#limits;
    return this.#tooComplex(`objects and lists in each other, more than ${depth} deep`, depth);
  }

  #tooManyListed(limit: number): Error {
    return this.#tooComplex(`more than ${limit} different keys in the objects of its lists`, limit);
  }

  #tooComplex(found: string, limit: number): Error {
    return fail('file.too-complex', { file: this.#file, found, limit });
  }
}

/** 53 bits of the keys on the way to a value. */
function pathOf(parent: number, hash: number, check: number): number {
  const high = Math.imul((hash ^ parent) >>> 0, 0x9e3779b1) >>> 0;
  const low = (check ^ Math.imul(parent / 0x200000, 0x85ebca6b)) & 0x1fffff;
  return high * 0x200000 + low;
}
