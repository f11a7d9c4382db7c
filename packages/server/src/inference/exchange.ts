import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SlipwayError } from '@slipway/contract';
import type { Call } from './call.ts';
import type { CallCounter } from './call-counter.ts';
import { type AnswerEncoding, compress } from './content-encoding.ts';
import { countAnswer } from './endpoint-metrics.ts';
import { guarded } from './internal-errors.ts';
import type { Outbox } from './outbox.ts';
import { asFailure, type FailureAnswer, type FailureWriter, problemJson } from './problem.ts';
import type { RequestHeaders } from './request-headers.ts';
import { traceResponse } from './tracing/trace-context.ts';

/** An HTTP request under way and all that belongs to it. */
export type Exchange = Call & {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: RequestHeaders;
  /** In whose words a failure is told. */
  failureWriter: FailureWriter;
  /** How the answer may be compressed. */
  encoding: AnswerEncoding | undefined;
  /** Headers of the answer that were settled on the way, name and value in turn. */
  answerHeaders: readonly string[] | undefined;
  /** Whether the connection is to end with this answer. */
  isLast: boolean;
  isAnswered: boolean;
  /** The method that the path takes, when the request has another. */
  allow: string | undefined;
  readonly outbox: Outbox;
  readonly calls: CallCounter;
  /** Logs and counts an error of ours. Never throws. */
  readonly report: (error: unknown) => void;
  /** Told of every answer; undefined when nobody wants to know. */
  readonly observe: Observer | undefined;
};

/** What became of a call. */
export type Outcome = { status: number; bytes: number; seconds: number };

/** Hears of every answer, after it was sent. */
export type Observer = (call: Call, outcome: Outcome, http?: { method: string; path: string }) => void;

export const JSON_TYPE = 'application/json';

/** Sends the whole answer. The headers name the request and the model that answered. Never throws. */
export function answer(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string | Buffer,
  more: readonly string[] = [],
): void {
  if (exchange.isAnswered) return;
  exchange.isAnswered = true;
  const onError = (error: unknown) => answerFault(exchange, error);
  if (exchange.encoding === undefined || body.length < exchange.encoding.fromBytes) {
    guarded(() => send(exchange, status, contentType, body, more), onError);
    return;
  }
  const { name } = exchange.encoding;
  guarded(() => {
    compress(name, body, (bytes) => {
      guarded(() => {
        if (bytes === undefined) send(exchange, status, contentType, body, more);
        else send(exchange, status, contentType, bytes, [...more, 'content-encoding', name, ...VARY]);
      }, onError);
    });
  }, onError);
}

const VARY = ['vary', 'accept-encoding'];

function send(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string | Buffer,
  more: readonly string[],
): void {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const headers = headersOfAnswer(exchange, contentType, ['content-length', String(bytes)], more);
  exchange.outbox.add(() => {
    try {
      write(exchange.response, status, headers, body, bytes);
    } catch (error) {
      answerFault(exchange, error);
      return;
    }
    counted(exchange, status, bytes);
  }, exchange.readAt);
}

/** Browsers take no answer for another type than its own. */
const AS_IT_SAYS = ['x-content-type-options', 'nosniff'];

function headersOfAnswer(
  exchange: Exchange,
  contentType: string,
  length: readonly string[],
  more: readonly string[],
): string[] {
  const headers = ['content-type', contentType, ...length, ...AS_IT_SAYS];
  headers.push('x-request-id', exchange.requestId);
  if (exchange.route !== undefined) headers.push(...exchange.route.headers);
  if (exchange.answerHeaders !== undefined) headers.push(...exchange.answerHeaders);
  if (exchange.trace !== undefined) headers.push('traceresponse', traceResponse(exchange.trace));
  headers.push(...more);
  if (exchange.isLast) headers.push('connection', 'close');
  return headers;
}

/**
 * Sends the headers of an answer whose body follows in pieces, by the response itself; {@link endAnswer} is told of its end. What
 * fails between them ends the connection.
 */
export function beginAnswer(
  exchange: Exchange,
  status: number,
  contentType: string,
  more: readonly string[],
): void {
  exchange.isAnswered = true;
  exchange.outbox.leave();
  exchange.response.writeHead(status, headersOfAnswer(exchange, contentType, [], more));
}

/** Counts an answer whose body was sent in pieces. Never throws. */
export function endAnswer(exchange: Exchange, status: number, bytes: number): void {
  counted(exchange, status, bytes);
}

function write(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  body: string | Buffer,
  bytes: number,
): void {
  response.writeHead(status, headers as string[]);
  // As many bytes as characters is ASCII, which is copied where UTF-8 would be transcoded.
  if (typeof body === 'string') response.end(body, bytes === body.length ? 'latin1' : 'utf8');
  else response.end(body);
}

/**
 * An error of ours on the way of the answer to its caller: told as 500, or by the end of the connection once the answer
 * has begun. Logged and counted once. Never throws.
 */
function answerFault(exchange: Exchange, error: unknown): void {
  const { response, requestId } = exchange;
  exchange.report(error);
  try {
    if (response.headersSent) response.destroy();
    else {
      const { contentType, body } = failureAnswer(exchange, asFailure(error));
      const bytes = Buffer.byteLength(body);
      const headers = ['content-type', contentType, 'content-length', String(bytes)];
      write(response, 500, [...headers, 'x-request-id', requestId, 'connection', 'close'], body, bytes);
    }
  } catch {
    response.destroy();
  }
  counted(exchange, 500, 0);
}

function counted(exchange: Exchange, status: number, bytes: number): void {
  try {
    const seconds = countAnswer(exchange, status);
    exchange.calls.count(exchange, status);
    if (exchange.observe !== undefined) observed(exchange, { status, bytes, seconds });
  } catch (error) {
    exchange.report(error);
  }
}

function observed(exchange: Exchange, outcome: Outcome): void {
  const { method = '', url = '' } = exchange.request;
  exchange.observe?.(exchange, outcome, { method, path: url.split('?', 1)[0]! });
}

export function answerJson(exchange: Exchange, status: number, value: unknown): void {
  answer(exchange, status, JSON_TYPE, JSON.stringify(value));
}

const CHALLENGE = ['www-authenticate', 'Bearer realm="slipway"'];

/** By the end of the connection where an answer has begun. Never throws. */
export function answerFailure(exchange: Exchange, failure: SlipwayError): void {
  if (exchange.response.headersSent) {
    exchange.isAnswered = true;
    exchange.response.destroy();
    return;
  }
  const { status, contentType, body } = failureAnswer(exchange, failure);
  if (exchange.allow !== undefined) answer(exchange, 405, contentType, body, ['allow', exchange.allow]);
  else answer(exchange, status, contentType, body, headersOf(failure));
}

/** In the words of the dialect, or as a problem where these fail. */
function failureAnswer(exchange: Exchange, failure: SlipwayError): FailureAnswer {
  const { failureWriter, requestId } = exchange;
  try {
    return failureWriter(failure, requestId);
  } catch (error) {
    exchange.report(error);
    return problemJson(failure, requestId);
  }
}

/** A failure that passes says when to come back: in its details, or in a second. */
function headersOf(failure: SlipwayError): readonly string[] {
  if (failure.kind === 'unauthenticated') return CHALLENGE;
  if (failure.kind !== 'busy' && failure.kind !== 'unavailable') return [];
  return ['retry-after', String(failure.details.retryAfterSeconds ?? 1)];
}
