import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SlipwayError } from '@slipway/contract';
import { countRequest, type EndpointMetrics } from './endpoint-metrics.ts';
import type { LiveEndpoint } from './live-endpoint.ts';
import type { LoadedRoute } from './load-route.ts';
import { type Dialect, failureAnswer } from './problem.ts';
import type { RequestHeaders } from './request-headers.ts';

/** A request under way and all that belongs to it. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  dialect: Dialect;
  endpoint: LiveEndpoint | undefined;
  /** The model that answers, once it is chosen. */
  route: LoadedRoute | undefined;
  metrics: EndpointMetrics;
  /** Whether the platform itself tries the endpoint out: no traffic. */
  isProbe: boolean;
  /** Whether the connection is to end with this answer. */
  isLast: boolean;
  isAnswered: boolean;
  /** The method that the path takes, when the request has another. */
  allow: string | undefined;
};

export const JSON_TYPE = 'application/json';

/** Sends the whole answer at once. The headers name the request and the model that answered. */
export function answer(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string,
  more: readonly string[] = [],
): void {
  if (exchange.isAnswered) return;
  exchange.isAnswered = true;
  const bytes = Buffer.byteLength(body);
  const headers = [
    'content-type',
    contentType,
    'content-length',
    String(bytes),
    'x-request-id',
    exchange.requestId,
  ];
  if (exchange.route !== undefined) headers.push(...exchange.route.headers);
  headers.push(...more);
  if (exchange.isLast) headers.push('connection', 'close');
  exchange.response.writeHead(status, headers);
  // As many bytes as characters is ASCII, which is copied where UTF-8 would be transcoded.
  exchange.response.end(body, bytes === body.length ? 'latin1' : 'utf8');
  countRequest(exchange.metrics, status, (performance.now() - exchange.startedAt) / 1000);
}

export function answerJson(exchange: Exchange, status: number, value: unknown): void {
  answer(exchange, status, JSON_TYPE, JSON.stringify(value));
}

const RETRY_AFTER = ['retry-after', '1'];
const CHALLENGE = ['www-authenticate', 'Bearer realm="slipway"'];

/** Extra headers of some failures. */
const HEADERS_OF_KIND: Partial<Record<SlipwayError['kind'], readonly string[]>> = {
  busy: RETRY_AFTER,
  unavailable: RETRY_AFTER,
  unauthenticated: CHALLENGE,
};

export function answerFailure(exchange: Exchange, failure: SlipwayError): void {
  const { status, contentType, body } = failureAnswer(failure, exchange.dialect, exchange.requestId);
  if (exchange.allow !== undefined) answer(exchange, 405, contentType, body, ['allow', exchange.allow]);
  else answer(exchange, status, contentType, body, HEADERS_OF_KIND[failure.kind]);
}
