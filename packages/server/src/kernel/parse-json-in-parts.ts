import { isUtf8 } from 'node:buffer';

/** Text that is parsed at once: about a millisecond's work. */
const PART_BYTES = 64 * 1024;
/** Bytes that are looked through before others have a turn. */
const LOOK_BYTES = 512 * 1024;
export type PartsOptions = {
  /** Parses the text of some entries. Its errors say why it does not parse. */
  parse: (text: string) => unknown;
  /** As deep as lists and objects may stand in each other. */
  deepest: number;
  /** Resolves when it is the next part's turn. */
  again: () => Promise<void>;
};

/**
 * The JSON value of a large body, in parts between which others have turns: the text is looked through for where its lists and
 * objects begin and end, and those that are small are parsed, many at a time. Throws SyntaxError, with the byte from which its
 * position counts.
 */
export async function parseJsonInParts(json: Buffer, options: PartsOptions): Promise<unknown> {
  if (!isUtf8(json)) throw badJson('it is not UTF-8');
  const root = await outlineOf(json, options);
  const isAlone =
    isBlank(json.toString('latin1', 0, root.from - 1)) && isBlank(json.toString('latin1', root.to + 1));
  if (!isAlone) throw badJson('something stands before or after it');
  return valueIn({ json, ...options }, root);
}

type Reader = PartsOptions & { json: Buffer };

function isBlank(text: string): boolean {
  return /^[ \t\n\r]*$/.test(text);
}

/** A list or object that is too large to be parsed at once, and where it may be cut: between its entries. */
type Outline = {
  isList: boolean;
  /** From its bracket to the one that ends it, without them. */
  from: number;
  to: number;
  /** Places of commas between its own entries, so that what lies between two of them is small, or one large entry. */
  cuts: number[];
  /** Its large entries, in their order. */
  large: Outline[];
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Where the large lists and objects of the text are. */
async function outlineOf(json: Buffer, { again, deepest }: PartsOptions): Promise<Outline> {
  const open: (Outline & { comma: number })[] = [];
  let root: Outline | undefined;
  let lookedAt = 0;
  for (let at = 0; at < json.length; at++) {
    if (at - lookedAt >= LOOK_BYTES) {
      lookedAt = at;
      await again();
    }
    const byte = json[at]!;
    if (byte === QUOTE) {
      at = endOfText(json, at);
    } else if (byte === COMMA) {
      const own = open.at(-1);
      if (own === undefined) throw badJson('a comma stands outside of lists and objects', at);
      // The last comma before a part would be too large is a cut; so is each beside a large entry.
      if (at - (own.cuts.at(-1) ?? own.from) >= PART_BYTES) cut(own, at);
      own.comma = at;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (root !== undefined) throw badJson('something follows its end', at);
      if (open.length === deepest) throw badJson(`it is deeper than ${deepest} lists and objects`, at);
      open.push({ isList: byte === OPEN_LIST, from: at + 1, to: 0, cuts: [], large: [], comma: at });
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      const closed = open.pop();
      if (closed === undefined || closed.isList !== (byte === CLOSE_LIST))
        throw badJson('its brackets do not match', at);
      closed.to = at;
      const parent = open.at(-1);
      if (parent === undefined) root = closed;
      else if (at - closed.from >= PART_BYTES) {
        if (parent.comma >= parent.from) cut(parent, parent.comma);
        parent.large.push(closed);
      }
    }
  }
  if (root === undefined || open.length > 0) throw badJson('it ends in the middle');
  return root;
}

function cut({ cuts }: Outline, at: number): void {
  if (cuts.at(-1) !== at) cuts.push(at);
}

/** Where the text ends that begins at `at`. By each byte: a call that looks for the next quote costs more than it saves where there are millions. */
function endOfText(json: Buffer, at: number): number {
  for (let end = at + 1; end < json.length; end++) {
    const byte = json[end]!;
    if (byte === BACKSLASH) end++;
    else if (byte === QUOTE) return end;
  }
  throw badJson('a text does not end', at);
}

async function valueIn(reader: Reader, outline: Outline): Promise<unknown> {
  const { json, again } = reader;
  const { isList, from, to, cuts, large } = outline;
  if (to - from < PART_BYTES) return parsed(reader, json.toString('utf8', from - 1, to + 1), from);
  const list: unknown[] = [];
  const object: Record<string, unknown> = {};
  let start = from;
  let next = 0;
  for (const end of [...cuts, to]) {
    const entry = large[next];
    if (entry !== undefined && entry.from < end) {
      next++;
      const value = await valueIn(reader, entry);
      // A large entry ends at the next cut.
      if (!isBlank(json.toString('utf8', entry.to + 1, end))) throw badJson('a comma is missing', entry.to);
      const before = json.toString('utf8', start, entry.from - 1);
      if (!isList) defineOwn(object, keyOf(reader, before, start), value);
      else if (isBlank(before)) list.push(value);
      else throw badJson('a comma is missing', start);
    } else {
      const text = json.toString('utf8', start, end);
      // Between two commas there is an entry.
      if (cuts.length > 0 && isBlank(text)) throw badJson('an entry is missing', end);
      if (isList) for (const each of parsed(reader, `[${text}]`, start) as unknown[]) list.push(each);
      else assignAll(object, parsed(reader, `{${text}}`, start) as object);
    }
    start = end + 1;
    await again();
  }
  return isList ? list : object;
}

/** The key of a large value, from `"key":` before it. */
function keyOf(reader: Reader, before: string, at: number): string {
  const [key] = Object.keys(parsed(reader, `{${before}null}`, at) as object);
  if (key === undefined) throw badJson('a key is missing', at);
  return key;
}

function assignAll(target: Record<string, unknown>, members: object): void {
  for (const [key, value] of Object.entries(members)) defineOwn(target, key, value);
}

function parsed({ parse }: Reader, text: string, at: number): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw badJson(error instanceof Error ? error.message : 'it does not parse', at);
  }
}

/** Sets the record's own value, also under `__proto__`. */
function defineOwn(record: object, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}

/** @param at the byte from which a position in the reason counts */
function badJson(reason: string, at?: number): SyntaxError {
  return new SyntaxError(at === undefined ? reason : `${reason} (from byte ${at} on)`);
}
