import { isUtf8 } from 'node:buffer';
import { defineOwn, fail } from '@slipway/contract';
import { parseExactJson } from '../kernel/index.ts';
import { type ParsedBody, parsePythonJson } from './read-json.ts';
import type { RequestHeaders } from './request-headers.ts';

/** Bodies from this size on keep the thread too long when they are parsed at once. */
const LARGE_BYTES = 256 * 1024;
/** Text that is parsed at once: about a millisecond's work. */
const PART_BYTES = 64 * 1024;
/** Bytes that are looked through before others have a turn. */
const LOOK_BYTES = 512 * 1024;
/** As deep as lists and objects of a request may stand in each other. */
const DEEPEST = 512;

/** Whether a body is JSON that is to be parsed in parts. */
export function isLargeJson(body: Buffer, headers: RequestHeaders): boolean {
  if (body.length < LARGE_BYTES) return false;
  const { contentType, inferenceHeaderLength } = headers;
  const isCsv = contentType?.toLowerCase().startsWith('text/csv') === true;
  return !isCsv && (inferenceHeaderLength === undefined || Number(inferenceHeaderLength) >= LARGE_BYTES);
}

/**
 * The JSON value of a large body, as {@link parseExactJson} gives it, with the bare NaN and Infinity that Python writes, in parts between which others have
 * turns: the text is looked through for where its lists and objects begin and end, and those that are small are parsed, many at a
 * time. Throws `request.bad-json`, with the byte from which its position counts.
 *
 * @param again resolves when it is the next part's turn
 */
export async function parseInParts(
  body: Buffer,
  { inferenceHeaderLength }: Pick<RequestHeaders, 'inferenceHeaderLength'>,
  again: () => Promise<void>,
): Promise<ParsedBody> {
  const length = inferenceHeaderLength === undefined ? body.length : Number(inferenceHeaderLength);
  // What is wrong with the length is the reader's to tell.
  const json =
    Number.isSafeInteger(length) && length >= 0 && length <= body.length ? body.subarray(0, length) : body;
  if (!isUtf8(json)) throw badJson('it is not UTF-8');
  const root = await outlineOf(json, again);
  const isAlone =
    isBlank(json.toString('latin1', 0, root.from - 1)) && isBlank(json.toString('latin1', root.to + 1));
  if (!isAlone) throw badJson('something stands before or after it');
  const reader: Reader = { json, again, hasNaN: false };
  const value = await valueIn(reader, root);
  return { body: json, value, hasNaN: reader.hasNaN };
}

/** What the parts are read with, and what was seen in them. */
type Reader = { json: Buffer; again: () => Promise<void>; hasNaN: boolean };

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
async function outlineOf(json: Buffer, again: () => Promise<void>): Promise<Outline> {
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
      if (open.length === DEEPEST) throw badJson(`it is deeper than ${DEEPEST} lists and objects`, at);
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

/** Where the text ends that begins at `at`. */
function endOfText(json: Buffer, at: number): number {
  let end = at;
  do {
    end = json.indexOf(QUOTE, end + 1);
    if (end < 0) throw badJson('a text does not end', at);
  } while (isEscaped(json, end));
  return end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let before = at - 1;
  while (json[before] === BACKSLASH) before--;
  return (at - 1 - before) % 2 === 1;
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

function parsed(reader: Reader, text: string, at: number): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return parsedWithNaN(reader, text, at);
  }
}

function parsedWithNaN(reader: Reader, text: string, at: number): unknown {
  try {
    const value = parsePythonJson(text);
    reader.hasNaN = true;
    return value;
  } catch {
    throw badJson(reasonOf(text), at);
  }
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return 'it does not parse';
  } catch (error) {
    return error instanceof Error ? error.message : 'it does not parse';
  }
}

/** @param at the byte from which a position in the reason counts */
function badJson(reason: string, at?: number): Error {
  return fail('request.bad-json', { reason: at === undefined ? reason : `${reason} (from byte ${at} on)` });
}
