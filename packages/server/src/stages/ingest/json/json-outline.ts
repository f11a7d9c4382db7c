import type { JsonHandler, JsonKind } from './json-scanner.ts';

/** What a value is of: kinds of scalars by their first character. */
export type ScalarKind = 'text' | 'number' | 'boolean' | 'null';
type PartKind = ScalarKind | 'object' | 'array';

/** What an object or array holds, without its values. */
export type Outline = {
  kind: 'object' | 'array';
  /** Kinds of its parts, and how many there are. */
  parts: Set<PartKind>;
  count: number;
  /** Of an object: a number that is the same for the same keys in the same order. */
  keysHash: number;
  hasIntegerKeys: boolean;
  /** Whether its keys are 0, 1, 2, … */
  isNumbered: boolean;
  keys: number;
};

/** A member of the document: a key with a scalar, an array or an object. */
export type Member = { key: string; path: string[]; value: PartKind; outline: Outline | null };

/** More keys than this are of no table that we know. */
const MAX_MEMBERS = 20_000;

/** Hears a document that is one object and keeps what its members, and the members of these, are. */
export class JsonOutline implements JsonHandler {
  readonly members: Member[] = [];
  /** Members of members that are arrays. */
  readonly inner: Member[] = [];
  documents = 0;
  /** Whether the keys of the document are 0, 1, 2, … */
  isNumbered = true;
  #stack: (Outline | null)[] = [];
  #keys: string[] = [];

  begin(kind: 'object' | 'array', depth: number): 'enter' {
    if (depth === 0) this.documents++;
    this.#part(kind, depth);
    const parent = this.#stack.at(-1);
    const outline: Outline = {
      kind,
      parts: new Set(),
      count: 0,
      keysHash: 0,
      hasIntegerKeys: true,
      isNumbered: true,
      keys: 0,
    };
    if (depth === 1 && this.members.length < MAX_MEMBERS) {
      this.members.push({ key: this.#keys[0]!, path: [this.#keys[0]!], value: kind, outline });
    }
    if (depth === 2 && kind === 'array' && parent?.kind === 'object' && this.inner.length < MAX_MEMBERS) {
      const path = this.#keys.slice(0, 2);
      this.inner.push({ key: path.join('.'), path, value: kind, outline });
    }
    this.#stack.push(depth <= 2 ? outline : null);
    return 'enter';
  }

  key(name: string, depth: number): void {
    this.#keys[depth - 1] = name;
    const outline = this.#stack.at(-1);
    if (depth > 2 || !outline) return;
    outline.isNumbered &&= name === String(outline.keys++);
    if (depth === 1) this.isNumbered = outline.isNumbered;
    outline.keysHash = hashed(outline.keysHash, name);
    outline.hasIntegerKeys &&= /^-?\d{1,18}$/.test(name);
  }

  value(text: string, _kind: JsonKind, depth: number): void {
    if (depth === 0) this.documents++;
    const kind = scalarKind(text);
    this.#part(kind, depth);
    if (depth === 1 && this.members.length < MAX_MEMBERS) {
      this.members.push({ key: this.#keys[0]!, path: [this.#keys[0]!], value: kind, outline: null });
    }
  }

  end(): void {
    this.#stack.pop();
  }

  #part(kind: PartKind, depth: number): void {
    const outline = depth === 0 ? undefined : this.#stack.at(-1);
    if (!outline) return;
    outline.parts.add(kind);
    outline.count++;
  }
}

export function scalarKind(text: string): ScalarKind {
  if (text.startsWith('"')) return 'text';
  if (text === 'null') return 'null';
  return text === 'true' || text === 'false' ? 'boolean' : 'number';
}

/** FNV-1a over 32 bits of the names and their ends. */
function hashed(start: number, name: string): number {
  let hash = start === 0 ? 0x811c9dc5 : start;
  for (let i = 0; i <= name.length; i++) {
    hash = Math.imul(hash ^ (i < name.length ? name.charCodeAt(i) : 0x10000), 0x01000193);
  }
  return hash;
}
