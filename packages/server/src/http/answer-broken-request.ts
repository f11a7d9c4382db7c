import type { Socket } from 'node:net';
import { fail } from '@slipway/contract';
import { problemOf } from './problem.ts';

const SAYS = new Map(
  Object.entries({
    HPE_HEADER_OVERFLOW: 'its headers are too large',
    ERR_HTTP_REQUEST_TIMEOUT: 'it did not arrive in time',
  }),
);

/** Answers what Node's parser could not read as HTTP, as problem+json like everything else, and hangs up. */
export function answerBrokenRequest(newRequestId: () => string) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const reason = SAYS.get(error.code ?? '') ?? 'it is not HTTP';
    const problem = problemOf(fail('request.invalid', { reason }), newRequestId());
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${problem.status} Bad Request`,
        'content-type: application/problem+json',
        'x-content-type-options: nosniff',
        `x-request-id: ${problem.requestId}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
}
