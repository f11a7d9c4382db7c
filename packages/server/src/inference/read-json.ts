import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { fail } from '@slipway/contract';

/** Throws `request.unsupported-media` unless the body is said to be plain JSON, or nothing is said. */
export function checkJsonType(request: IncomingMessage): void {
  const type = request.headers['content-type'];
  if (type !== undefined && type !== 'application/json' && !isJsonType(type)) {
    throw fail('request.unsupported-media', { contentType: type.slice(0, 100) });
  }
  const encoding = request.headers['content-encoding'];
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

/** The JSON value of the bytes. Throws `request.bad-json`. Of a key that comes twice, the last value counts. */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) throw fail('request.bad-json', { reason: 'the body is empty' });
  if (!isUtf8(body)) throw fail('request.bad-json', { reason: 'it is not UTF-8' });
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw fail('request.bad-json', { reason: error instanceof Error ? error.message : 'it does not parse' });
  }
}
