import type { SlipwayError } from '@slipway/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemText } from './send-problem.ts';

/** What is read of a body that nobody wants. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_MS = 5_000;
/** For the answer to arrive at a client that is still sending. */
const LINGER_MS = 1_000;

/**
 * Answers `failure` to a client that is still sending, and ends the connection: when the body ends, or after 1 MiB or 5 s of it.
 * The answer is whole before; a connection that is cut with bytes unread may lose what its client has not read yet.
 */
export function refuseUnreadBody(reply: FastifyReply, request: FastifyRequest, failure: SlipwayError): void {
  const { raw } = request;
  const text = problemText(reply, request, failure);
  reply.header('connection', 'close').header('content-length', Buffer.byteLength(text));
  reply.hijack();
  const { statusCode, raw: response } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(statusCode);
  response.write(text);

  let bytes = 0;
  const timer = setTimeout(stop, LONGEST_MS);
  raw.on('data', onData);
  raw.once('end', end);
  raw.once('error', () => {}); // a client that leaves
  raw.once('close', end);
  raw.resume();

  function onData(chunk: Uint8Array): void {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) stop();
  }
  function stop(): void {
    clearTimeout(timer);
    raw.off('data', onData);
    raw.pause();
    setTimeout(end, LINGER_MS);
  }
  function end(): void {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  }
}
