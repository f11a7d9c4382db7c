import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import type { RequestHeaders } from './request-headers.ts';

/** Throws `request.unsupported-media` unless the body is said to be plain JSON, or nothing is said. */
export function checkJsonType(headers: RequestHeaders): void {
  const type = headers.contentType;
  if (type !== undefined && type !== 'application/json' && !isJsonType(type)) {
    throw fail('request.unsupported-media', { contentType: type.slice(0, 100) });
  }
  const encoding = headers.contentEncoding;
  if (encoding !== undefined && encoding !== 'identity') {
    throw fail('request.unsupported-media', { contentType: `with encoding ${encoding.slice(0, 100)}` });
  }
}

function isJsonType(type: string): boolean {
  const [essence = '', ...parameters] = type.toLowerCase().split(';');
  if (essence.trim() !== 'application/json') return false;
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
