import { Readable } from 'node:stream';
import {
  fail,
  isStream,
  OPERATIONS,
  type Operation,
  type OperationId,
  openApiDocument,
} from '@slipway/contract';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { acceptBody } from './accept-body.ts';
import { answerBrokenRequest } from './answer-broken-request.ts';
import { type Authenticate, authorised } from './authorised.ts';
import type { CallContext, Caller, Handlers } from './handler-types.ts';
import { hostChecker } from './host-check.ts';
import { asFailure } from './problem.ts';
import { referencePage } from './reference-page.ts';
import { sendProblem } from './send-problem.ts';
import { serveConsole } from './serve-console.ts';
import { unusedConnections } from './unused-connections.ts';
import { validateRequest } from './validate-request.ts';

export type HttpOptions = {
  handlers: Handlers;
  /** Who the bearer is; throws `access.unauthenticated`. */
  authenticate: Authenticate;
  /** Called once for every failure that is ours, with its cause. */
  logFailure: (entry: { requestId: string; operation: string; cause: unknown }) => void;
  newRequestId: () => string;
  version: string;
  host: string;
  allowedHosts: readonly string[];
  maxBodyBytes: number;
  /** Folder with the built console; undefined when it was not built. */
  consoleFolder: string | undefined;
};

/** Calls that are being answered. */
type Waiting = Set<AbortController>;

/** A connection on which nothing moves for so long is cut: longer than any answer takes. */
const SILENCE_MS = 180_000;
const LONGEST_PARAMETER = 200;

/** The control plane's HTTP face: one route for each operation of the contract, OpenAPI, reference page, console. */
export async function buildHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: options.maxBodyBytes,
    genReqId: options.newRequestId,
    logger: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    connectionTimeout: SILENCE_MS,
    requestTimeout: 0, // uploads may take long; headersTimeout still cuts idle openers
    clientErrorHandler: answerBrokenRequest(options.newRequestId),
    frameworkErrors: (error, request, reply) => {
      nameRequest(request, reply);
      sendProblem(reply, request, asFailure(error));
    },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  });
  server.removeContentTypeParser('text/plain');
  // A handler that stops in the middle of the body must not end the connection, on which it is answered.
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) =>
    done(null, payload.iterator({ destroyOnReturn: false })),
  );
  guardEveryRequest(server, options);
  reportFailures(server, options);
  const waiting: Waiting = new Set();
  const cutUnused = unusedConnections(server.server);
  server.addHook('preClose', async () => {
    for (const call of waiting) call.abort(); // whoever waits for news hears the last of it
    cutUnused();
  });
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    addOperation(server, id as OperationId, operation, options, waiting);
  }
  addDocuments(server, options.version);
  await serveConsole(server, options.consoleFolder);
  return server;
}

function guardEveryRequest(server: FastifyInstance, options: HttpOptions): void {
  const checkHost = hostChecker(options.host, options.allowedHosts);
  server.addHook('onRequest', async (request, reply) => {
    nameRequest(request, reply);
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    checkHost(request.headers.host);
    if (!request.url.startsWith('/')) throw fail('request.invalid', { reason: 'the path must begin with /' });
  });
}

function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
}

function reportFailures(server: FastifyInstance, options: HttpOptions): void {
  server.setErrorHandler((thrown, request, reply) => {
    const failure = asFailure(thrown, { limitBytes: options.maxBodyBytes });
    const { raw } = request;
    // The caller left in the middle of its body; a request that we gave up has its connection still.
    const isGone = raw.destroyed && !raw.complete && reply.raw.socket?.destroyed !== false;
    if (failure.kind === 'internal' && !isGone) {
      options.logFailure({
        requestId: request.id,
        operation: request.routeOptions.url ?? request.url,
        cause: failure.cause ?? failure,
      });
    }
    sendProblem(reply, request, failure);
    // What is left of a body is read and thrown away, else the next request on the connection waits for ever.
    if (!raw.destroyed) raw.resume();
  });
}

function addOperation(
  server: FastifyInstance,
  id: OperationId,
  operation: Operation,
  options: HttpOptions,
  waiting: Waiting,
): void {
  const handle = options.handlers[id] as (input: unknown, context: CallContext) => Promise<unknown>;
  server.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    onRequest: async (request) => {
      const { permission } = operation;
      request.caller = permission === 'public' ? null : await authorised(request, permission, options);
      acceptBody(operation, request.headers);
    },
    handler: async (request, reply) => {
      const controller = new AbortController();
      waiting.add(controller);
      reply.raw.once('close', () => {
        waiting.delete(controller);
        controller.abort();
      });
      const input = validateRequest(operation, {
        params: request.params,
        query: request.query,
        body: request.body,
      });
      const { caller, id: requestId } = request;
      const answer = await handle(input, { caller, requestId, signal: controller.signal });
      if (!isStream(operation.answer)) return reply.send(answer);
      return reply
        .type(operation.answer.stream)
        .header('content-disposition', 'attachment')
        .send(Readable.from(logged(answer as AsyncIterable<Uint8Array>, request, reply, options)));
    },
  });
}

/**
 * The bytes of a download. An error in their midst cuts the connection, so that a part is not taken for the whole; it is
 * logged here, since the answer has begun. One before the first byte is answered, and logged, like any other.
 */
async function* logged(
  bytes: AsyncIterable<Uint8Array>,
  request: FastifyRequest,
  reply: FastifyReply,
  { logFailure }: HttpOptions,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    if (reply.raw.headersSent) {
      logFailure({ requestId: request.id, operation: request.routeOptions.url ?? request.url, cause });
    }
    throw cause;
  }
}

function addDocuments(server: FastifyInstance, version: string): void {
  const document = openApiDocument(version);
  server.get('/api/openapi.json', async () => document);
  server.get('/api/docs', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(referencePage()),
  );
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}
