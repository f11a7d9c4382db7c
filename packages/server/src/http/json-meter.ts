import { fail } from '@slipway/contract';

/** How large the JSON of one body may be, besides its bytes. */
export type JsonBounds = {
  /** Lists and objects in each other. */
  depth: number;
  /** Keys of one object. */
  keysOfOne: number;
  /** Keys of all objects together. */
  keys: number;
  /** Entries of all lists and objects together. */
  entries: number;
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts what a JSON text holds as its bytes come, one look at each byte, before anything is parsed. Whether it is JSON is the
 * parser's to tell: what is counted is never less than what the parser would make.
 *
 * @returns what takes the next bytes; it throws `request.too-complex`
 */
export function jsonMeter(bounds: JsonBounds): (chunk: Uint8Array) => void {
  /** Keys so far of each object that is open; of a list 0. */
  const open: number[] = [];
  let keys = 0;
  let entries = 0;
  let isText = false;
  let isEscaped = false;
  const refuse = (what: string, limit: number) => fail('request.too-complex', { what, limit });
  return (chunk) => {
    for (const byte of chunk) {
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
        continue;
      }
      switch (byte) {
        case QUOTE:
          isText = true;
          break;
        case OPEN_LIST:
        case OPEN_OBJECT:
          if (open.length === bounds.depth) throw refuse('lists and objects in each other', bounds.depth);
          open.push(0);
          if (++entries > bounds.entries) throw refuse('values', bounds.entries);
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          open.pop();
          break;
        case COLON: {
          const own = (open.pop() ?? 0) + 1;
          open.push(own);
          if (own > bounds.keysOfOne) throw refuse('keys in one object', bounds.keysOfOne);
          if (++keys > bounds.keys) throw refuse('keys', bounds.keys);
          break;
        }
        case COMMA:
          if (++entries > bounds.entries) throw refuse('values', bounds.entries);
          break;
      }
    }
  };
}
