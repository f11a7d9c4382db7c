import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
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

/** The text of the bytes. Throws `request.bad-json` when there is none, or it is not UTF-8. */
export function readText(body: Buffer): string {
  if (body.length === 0) throw fail('request.bad-json', { reason: 'the body is empty' });
  if (!isUtf8(body)) throw fail('request.bad-json', { reason: 'it is not UTF-8' });
  return body.toString('utf8');
}

/** The JSON value of a text. Throws `request.bad-json`. Of a key that comes twice, the last value counts. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fail('request.bad-json', { reason: error instanceof Error ? error.message : 'it does not parse' });
  }
}

const TEXT_OR_NAN = /"(?:[^"\\]|\\.)*"|\bNaN\b/g;

/**
 * As {@link parseJson}, but reads the bare NaN that Python writes for a missing number as null. JSON that is JSON
 * costs nothing more.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseJson(text.replace(TEXT_OR_NAN, (found) => (found === 'NaN' ? 'null' : found)));
  }
}
