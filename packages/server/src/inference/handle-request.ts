import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '@slipway/contract';
import { acceptedEncoding } from './content-encoding.ts';
import type { InferenceContext } from './context.ts';
import type { Dialect } from './dialects/dialect.ts';
import { answer, answerFailure, type Exchange } from './exchange.ts';
import { findAction } from './find-action.ts';
import { sizesOf } from './limits/endpoint-limits.ts';
import type { BoundAction, Paths } from './paths.ts';
import { asFailure, problemJson } from './problem.ts';
import { readBody } from './read-body.ts';
import { checkJsonType } from './read-json.ts';
import { headerNamed, isRepeated, requestHeaders } from './request-headers.ts';

/** What one request goes through; made anew when the endpoints change. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export type HandlerParts = {
  context: InferenceContext;
  dialects: readonly Dialect[];
  paths: () => Paths;
  checkHost: (host: string | undefined) => void;
  newRequestId: () => string;
};

/**
 * Handles a request: host, path, token, rate, body, admission, answer. Nothing here waits unless the body or a large
 * request makes it. Never throws: what goes wrong anywhere on the way is answered, logged and counted here.
 */
export function requestHandler(parts: HandlerParts): RequestHandler {
  const { context, dialects } = parts;
  return (request, response) => {
    let exchange: Exchange | undefined;
    try {
      exchange = newExchange(parts, request, response);
      if (isRepeated(request.rawHeaders, 'host'))
        throw fail('request.invalid', { reason: 'there is more than one Host header' });
      parts.checkHost(exchange.headers.host);
      const preflight = context.cors?.preflightOf(request);
      if (preflight !== undefined) {
        answer(exchange, 200, 'text/plain', '', preflight);
        return;
      }
      const action = findAction(context, exchange, parts.paths(), dialects);
      if (action.method === 'GET') settle(context, exchange, action.answer(context, exchange, NO_BODY));
      else takeBody(context, exchange, action);
    } catch (error) {
      if (exchange === undefined) answerUnread(context, response, error);
      else refuse(context, exchange, error);
    }
  };
}

/** Of a request that could not even be looked at. */
function answerUnread({ errors }: InferenceContext, response: ServerResponse, error: unknown): void {
  errors.report(asFailure(error));
  response.writeHead(500, { connection: 'close' }).end();
}

const NO_BODY = Buffer.alloc(0);

function newExchange(parts: HandlerParts, request: IncomingMessage, response: ServerResponse): Exchange {
  const { context } = parts;
  const headers = requestHeaders(request.rawHeaders);
  const encoding = acceptedEncoding(headers.acceptEncoding);
  const startedAt = performance.now();
  const requestId = harmlessId(headers.requestId) ?? parts.newRequestId();
  return {
    request,
    response,
    headers,
    requestId,
    startedAt,
    readAt: startedAt,
    predictedAt: 0,
    deadlineAt: undefined,
    dialect: 'slipway',
    failureWriter: problemJson,
    endpoint: undefined,
    version: undefined,
    route: undefined,
    caller: undefined,
    header: (name) => headerNamed(request.rawHeaders, name),
    isLogged: undefined,
    metrics: context.otherMetrics,
    isPrediction: false,
    failure: undefined,
    trace: context.tracer.begin(headers.traceparent),
    rows: 0,
    encoding: encoding && { name: encoding, fromBytes: context.settings.compressFromBytes },
    answerHeaders: context.cors?.headersOf(request),
    isLast: context.phase === 'draining',
    isAnswered: false,
    allow: undefined,
    outbox: context.outbox,
    calls: context.calls,
    report: (error) => context.errors.report(asFailure(error), requestId),
    observe: context.observe,
  };
}

/** The caller's own request id, when it is harmless in headers and logs. */
export function harmlessId(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

function takeBody(context: InferenceContext, exchange: Exchange, action: BoundAction): void {
  (action.checkMedium ?? checkJsonType)(exchange.headers);
  const { admission } = context;
  admission.receive();
  let isReceived = false;
  function received(): void {
    if (!isReceived) admission.received();
    isReceived = true;
  }
  try {
    readBody(exchange, sizesOf(context, exchange).maxBodyBytes, admission, (body, failure) => {
      received();
      if (body !== undefined) answerBody(context, exchange, action, body);
      else if (failure !== undefined) refuse(context, exchange, failure);
    });
  } catch (error) {
    received();
    throw error;
  }
}

/** What waits for its turn, or is being answered, is held like what is on its way. Never throws. */
function answerBody(context: InferenceContext, exchange: Exchange, action: BoundAction, body: Buffer): void {
  const { admission, turns } = context;
  const { endpoint } = exchange;
  let held = 0;
  function letGo(): void {
    admission.release(held, endpoint);
    held = 0;
  }
  try {
    admission.hold(body.length, endpoint);
    held = body.length;
    turns.run(() => answerInTurn(context, exchange, { action, body, letGo }), endpoint?.name);
  } catch (error) {
    letGo();
    refuse(context, exchange, error);
  }
}

type Turn = { action: BoundAction; body: Buffer; letGo: () => void };

/** Never throws. */
function answerInTurn(context: InferenceContext, exchange: Exchange, { action, body, letGo }: Turn): void {
  const { admission } = context;
  let isIn = false;
  let later: Promise<void> | undefined | void;
  try {
    admission.enter();
    isIn = true;
    exchange.readAt = performance.now();
    later = action.answer(context, exchange, body);
  } catch (error) {
    refuse(context, exchange, error);
  }
  function leave(): void {
    letGo();
    if (isIn) admission.leave();
  }
  if (later === undefined) leave();
  else settle(context, exchange, later.finally(leave));
}

function settle(
  context: InferenceContext,
  exchange: Exchange,
  later: Promise<void> | undefined | void,
): void {
  later?.catch((error: unknown) => refuse(context, exchange, error));
}

/** Never throws. */
function refuse(context: InferenceContext, exchange: Exchange, error: unknown): void {
  const failure = asFailure(error);
  exchange.failure = failure;
  if (failure.code === 'internal') context.errors.report(failure, exchange.requestId);
  answerFailure(exchange, failure);
}
