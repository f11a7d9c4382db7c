import type { IncomingHttpHeaders } from 'node:http';
import { fail, isStream, type Operation } from '@slipway/contract';

/**
 * Refuses a body of another type than the operation takes, before a byte of it is read. Throws
 * `request.unsupported-media`.
 */
export function acceptBody(operation: Operation, headers: IncomingHttpHeaders): void {
  const { body } = operation;
  const taken = body !== undefined && isStream(body) ? body.stream : 'application/json';
  const given = headers['content-type']?.replace(/;.*$/s, '').trim().toLowerCase();
  const mustCome = body !== undefined && (isStream(body) || hasBody(headers));
  if (given === taken || (given === undefined && !mustCome)) return;
  throw fail('request.unsupported-media', { contentType: given ?? '(none)' });
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
