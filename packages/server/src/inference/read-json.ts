import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import { type ExactJsonOptions, parseExactJson } from '../kernel/index.ts';
import type { RequestHeaders } from './request-headers.ts';

/** Throws `request.unsupported-media` unless the body is said to be plain JSON, or nothing is said. */
export function checkJsonType({ contentType }: RequestHeaders): void {
  if (
    contentType === undefined ||
    contentType === 'application/json' ||
    isTypeInUtf8(contentType, 'application/json')
  )
    return;
  throw fail('request.unsupported-media', { contentType: contentType.slice(0, 100) });
}

/** Whether a content type is `essence`, in UTF-8 where it says a character set. */
export function isTypeInUtf8(type: string, wanted: string): boolean {
  const [essence = '', ...parameters] = type.toLowerCase().split(';');
  if (essence.trim() !== wanted) return false;
  return parameters.every(
    (each) => !each.trim().startsWith('charset=') || /^charset="?utf-8"?$/.test(each.trim()),
  );
}

/** A body whose JSON was parsed before it is read. */
export type ParsedBody = { body: Buffer; value: unknown; hasNaN: boolean };

/** What stands for the text of such a body, where a reader asks for it. */
const PARSED_TEXT = '\0parsed';

let parsedNow: ParsedBody | undefined;

/**
 * Does the work of a reader, for which {@link readText} and {@link parseJson} of the body give what was parsed already. A reader
 * does not wait in the middle, so that no other request sees it.
 */
export function reading<T>(parsed: ParsedBody | undefined, read: () => T): T {
  parsedNow = parsed;
  try {
    return read();
  } finally {
    parsedNow = undefined;
  }
}

function isParsed(body: Buffer): boolean {
  if (parsedNow === undefined) return false;
  const { body: known } = parsedNow;
  return known.buffer === body.buffer && known.byteOffset === body.byteOffset && known.length === body.length;
}

/** The text of the bytes. Throws `request.bad-json` when there is none, or it is not UTF-8. */
export function readText(body: Buffer): string {
  if (isParsed(body)) return PARSED_TEXT;
  if (body.length === 0) throw fail('request.bad-json', { reason: 'the body is empty' });
  if (!isUtf8(body)) throw fail('request.bad-json', { reason: 'it is not UTF-8' });
  return body.toString('utf8');
}

/**
 * The JSON value of a text. Whole numbers keep their digits: beyond 2^53 they are bigint. Throws `request.bad-json`. Of a
 * key that comes twice, the last value counts.
 */
export function parseJson(text: string, options?: ExactJsonOptions): unknown {
  if (text === PARSED_TEXT && parsedNow !== undefined) {
    if (parsedNow.hasNaN) throw fail('request.bad-json', { reason: 'NaN is no JSON' });
    return parsedNow.value;
  }
  try {
    return parseExactJson(text, options);
  } catch (error) {
    throw fail('request.bad-json', { reason: error instanceof Error ? error.message : 'it does not parse' });
  }
}

/**
 * As {@link parseJson}, but reads the bare tokens that Python and Triton's client write: `NaN`, for a missing number, as
 * null, `Infinity` and `-Infinity` as such. JSON that is JSON costs nothing more.
 */
export function parsePythonJson(text: string): unknown {
  if (text === PARSED_TEXT && parsedNow !== undefined) return parsedNow.value;
  return parseJson(text, { allowsNonFinite: true });
}
