import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import { parseJsonInParts } from '../kernel/index.ts';
import { type JsonBounds, jsonMeter } from './json-meter.ts';
import { nextTurn } from './next-turn.ts';

/** More than any operation takes in one body; what each takes is in its schema. */
export const JSON_BOUNDS: JsonBounds = { depth: 100, keysOfOne: 20_000, keys: 500_000, entries: 2_500_000 };
/** Text from this size on is parsed in parts, since the event loop would wait for it. */
const LARGE_BYTES = 256 * 1024;

export type BodyLimits = { maxBytes: number; timeoutMs: number; bounds?: JsonBounds };

/**
 * The JSON value of a body. Its bytes, depth, keys and values are counted as they come, and a large one is parsed in parts,
 * so that no body keeps the event loop from others. Of a key that comes twice in one object the last value counts.
 *
 * Throws `request.too-large`, `request.too-slow`, `request.too-complex` and `request.bad-json`.
 */
export async function readJsonBody(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, timeoutMs, bounds = JSON_BOUNDS }: BodyLimits,
): Promise<unknown> {
  const json = withoutMark(await inTime(timeoutMs, (isLate) => allOf(chunks, { maxBytes, bounds, isLate })));
  if (json.length === 0) throw fail('request.bad-json', { reason: 'the body is empty' });
  if (!isUtf8(json)) throw fail('request.bad-json', { reason: 'it is not UTF-8' });
  try {
    if (json.length < LARGE_BYTES || !isContainer(json)) return JSON.parse(json.toString('utf8'));
    return await parseJsonInParts(json, { parse: JSON.parse, deepest: bounds.depth, again: nextTurn });
  } catch (error) {
    throw error instanceof SyntaxError ? fail('request.bad-json', { reason: error.message }) : error;
  }
}

type Taking = { maxBytes: number; bounds: JsonBounds; isLate: () => boolean };

async function allOf(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, bounds, isLate }: Taking,
): Promise<Buffer> {
  const meter = jsonMeter(bounds);
  const taken: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    if (isLate()) break;
    bytes += chunk.length;
    if (bytes > maxBytes) throw fail('request.too-large', { limitBytes: maxBytes });
    meter(chunk);
    taken.push(chunk);
  }
  return Buffer.concat(taken, bytes);
}

/** Throws `request.too-slow`; what is late by then is told, so that it ends too. */
async function inTime<T>(timeoutMs: number, work: (isLate: () => boolean) => Promise<T>): Promise<T> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(fail('request.too-slow', { seconds: Math.ceil(timeoutMs / 1000) }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(() => isLate), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One text or number, which cannot be parsed in parts, is parsed at once. */
function isContainer(json: Buffer): boolean {
  const first = json.find((byte) => byte > 0x20);
  return first === 0x5b || first === 0x7b;
}

/** Without the byte order mark that some programs write. */
function withoutMark(json: Buffer): Buffer {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? json.subarray(3) : json;
}
