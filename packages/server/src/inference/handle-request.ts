import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '@slipway/contract';
import { checkAnyToken, checkToken } from './bearer-token.ts';
import type { InferenceContext } from './context.ts';
import { answerFailure, type Exchange } from './exchange.ts';
import { type Action, endpointInPath, type Paths, plainPath } from './paths.ts';
import { asFailure } from './problem.ts';
import { readBody } from './read-body.ts';
import { checkJsonType } from './read-json.ts';
import { requestHeaders } from './request-headers.ts';

/** What one request goes through; made anew when the endpoints change. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export type HandlerParts = {
  context: InferenceContext;
  paths: () => Paths;
  checkHost: (host: string | undefined) => void;
  newRequestId: () => string;
};

/**
 * Handles a request: host, path, token, admission, body, answer. Nothing here waits unless the body or a large
 * request makes it.
 */
export function requestHandler(parts: HandlerParts): RequestHandler {
  const { context } = parts;
  return (request, response) => {
    const exchange = newExchange(parts, request, response);
    try {
      parts.checkHost(exchange.headers.host);
      const action = findAction(parts, exchange);
      if (action.method === 'GET') settle(context, exchange, action.answer(context, exchange, NO_BODY));
      else takeBody(context, exchange, action);
    } catch (error) {
      refuse(context, exchange, error);
    }
  };
}

const NO_BODY = Buffer.alloc(0);

function newExchange(parts: HandlerParts, request: IncomingMessage, response: ServerResponse): Exchange {
  const headers = requestHeaders(request.rawHeaders);
  return {
    request,
    response,
    headers,
    requestId: harmlessId(headers.requestId) ?? parts.newRequestId(),
    startedAt: performance.now(),
    dialect: 'slipway',
    endpoint: undefined,
    route: undefined,
    metrics: parts.context.otherMetrics,
    isProbe: false,
    isLast: parts.context.phase === 'draining',
    isAnswered: false,
    allow: undefined,
  };
}

/** The caller's own request id, when it is harmless in headers and logs. */
function harmlessId(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

/**
 * The action of the request, its caller allowed. Throws `route.missing`, `endpoint.missing`, and what the token
 * check throws.
 */
function findAction(parts: HandlerParts, exchange: Exchange): Action {
  const { context } = parts;
  const { request } = exchange;
  const url = request.url ?? '/';
  const paths = parts.paths();
  const action = paths.get(url) ?? paths.get(plainPath(url));
  if (action === undefined) throw missingPath(context, exchange, plainPath(url));
  exchange.dialect = action.dialect;
  if (request.method !== action.method) {
    exchange.allow = action.method;
    throw fail('route.missing', { method: request.method ?? '', path: plainPath(url) });
  }
  if (action.endpoint !== undefined) {
    const endpoint = context.live.get(action.endpoint)!;
    exchange.endpoint = endpoint;
    exchange.isProbe = checkToken(endpoint, exchange.headers.authorization, context.live.values());
    exchange.metrics = endpoint.metrics;
  }
  return action;
}

/** Only a caller with some token is told which endpoints there are not. */
function missingPath(context: InferenceContext, exchange: Exchange, path: string): Error {
  const { request } = exchange;
  exchange.dialect = path.startsWith('/v2/') ? 'v2' : 'slipway';
  const name = endpointInPath(path);
  if (name === undefined || context.live.has(name)) {
    return fail('route.missing', { method: request.method ?? '', path: path.slice(0, 200) });
  }
  checkAnyToken(exchange.headers.authorization, context.live.values());
  return fail('endpoint.missing', { name });
}

function takeBody(context: InferenceContext, exchange: Exchange, action: Action): void {
  checkJsonType(exchange.headers);
  context.admission.enter();
  readBody(exchange, context.settings.maxBodyBytes, context.admission, (body, failure) => {
    if (body === undefined) {
      context.admission.leave();
      if (failure !== undefined) refuse(context, exchange, failure);
      return;
    }
    answerBody(context, exchange, action, body);
  });
}

function answerBody(context: InferenceContext, exchange: Exchange, action: Action, body: Buffer): void {
  try {
    const later = action.answer(context, exchange, body);
    if (later !== undefined) {
      settle(
        context,
        exchange,
        later.finally(() => context.admission.leave()),
      );
      return;
    }
  } catch (error) {
    refuse(context, exchange, error);
  }
  context.admission.leave();
}

function settle(
  context: InferenceContext,
  exchange: Exchange,
  later: Promise<void> | undefined | void,
): void {
  later?.catch((error: unknown) => refuse(context, exchange, error));
}

function refuse(context: InferenceContext, exchange: Exchange, error: unknown): void {
  const failure = asFailure(error);
  if (failure.code === 'internal') context.report(failure, exchange.requestId);
  answerFailure(exchange, failure);
}
