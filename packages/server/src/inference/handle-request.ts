import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptedEncoding } from './content-encoding.ts';
import type { InferenceContext } from './context.ts';
import type { Dialect } from './dialects/dialect.ts';
import { answerFailure, type Exchange } from './exchange.ts';
import { findAction } from './find-action.ts';
import { sizesOf } from './limits/endpoint-limits.ts';
import type { BoundAction, Paths } from './paths.ts';
import { asFailure, problemJson } from './problem.ts';
import { readBody } from './read-body.ts';
import { checkJsonType } from './read-json.ts';
import { headerNamed, requestHeaders } from './request-headers.ts';

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
 * request makes it.
 */
export function requestHandler(parts: HandlerParts): RequestHandler {
  const { context, dialects } = parts;
  return (request, response) => {
    const exchange = newExchange(parts, request, response);
    try {
      parts.checkHost(exchange.headers.host);
      const action = findAction(context, exchange, parts.paths(), dialects);
      if (action.method === 'GET') settle(context, exchange, action.answer(context, exchange, NO_BODY));
      else takeBody(context, exchange, action);
    } catch (error) {
      refuse(context, exchange, error);
    }
  };
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
    trace: context.tracer.begin(headers.traceparent),
    rows: 0,
    encoding: encoding && { name: encoding, fromBytes: context.settings.compressFromBytes },
    answerHeaders: undefined,
    isLast: context.phase === 'draining',
    isAnswered: false,
    allow: undefined,
    outbox: context.outbox,
    report: (error) => context.report(asFailure(error), requestId),
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

/** What waits for its turn is held like what is on its way. */
function answerBody(context: InferenceContext, exchange: Exchange, action: BoundAction, body: Buffer): void {
  const { admission, turns } = context;
  let held = 0;
  try {
    admission.hold(body.length);
    held = body.length;
    turns.run(() => {
      admission.release(body.length);
      answerInTurn(context, exchange, action, body);
    });
  } catch (error) {
    admission.release(held);
    refuse(context, exchange, error);
  }
}

function answerInTurn(
  context: InferenceContext,
  exchange: Exchange,
  action: BoundAction,
  body: Buffer,
): void {
  try {
    context.admission.enter();
  } catch (error) {
    refuse(context, exchange, error);
    return;
  }
  exchange.readAt = performance.now();
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
