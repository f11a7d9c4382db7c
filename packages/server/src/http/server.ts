import { Readable } from 'node:stream';
import {
  fail,
  isStream,
  OPERATIONS,
  type Operation,
  type OperationId,
  openApiDocument,
  type Permission,
  VERSION_HEADER,
} from '@slipway/contract';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../kernel/index.ts';
import { acceptBody } from './accept-body.ts';
import { type Authenticate, admission } from './admission.ts';
import { answerBrokenRequest } from './answer-broken-request.ts';
import { type Denial, denialOf } from './denial-of.ts';
import type { CallContext, Caller, Handlers } from './handler-types.ts';
import { type HeavyWork, heavyWork, type OpenWork } from './heavy-work.ts';
import { hostChecker, refuseTwoHosts } from './host-check.ts';
import { limitConnections } from './limit-connections.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { nextTurn } from './next-turn.ts';
import { asFailure } from './problem.ts';
import { readJsonBody } from './read-json-body.ts';
import { referencePage } from './reference-page.ts';
import { refuseInSlices } from './refuse-in-slices.ts';
import { refuseUnreadBody } from './refuse-unread-body.ts';
import { sendProblem } from './send-problem.ts';
import { serveConsole } from './serve-console.ts';
import { steadily } from './steadily.ts';
import { unusedConnections } from './unused-connections.ts';
import { validateRequest } from './validate-request.ts';

export type HttpOptions = {
  handlers: Handlers;
  /** Who the bearer is; throws `access.unauthenticated`. */
  authenticate: Authenticate;
  /** Called once for every failure that is ours, with its cause. */
  logFailure: (entry: { requestId: string; operation: string; cause: unknown }) => void;
  /** Called for every request that was refused for want of access, before it is answered. */
  noteDenial: (denial: Denial) => void;
  newRequestId: () => string;
  version: string;
  host: string;
  allowedHosts: readonly string[];
  limits?: Partial<HttpLimits>;
  openWork: OpenWork;
  clock?: Clock;
  /** Folder with the built console; undefined when it was not built. */
  consoleFolder: string | undefined;
  /** Whether callers reach it over TLS, its own or that of a proxy. */
  isSecure: boolean;
};

/** What all operations share. */
type Shared = {
  options: HttpOptions;
  /** Calls that are being answered. */
  waiting: Set<AbortController>;
  admit: (request: FastifyRequest, reply: FastifyReply, permission: Permission) => Promise<Caller>;
  heavy: HeavyWork;
};

/** A connection on which nothing moves for so long is cut: longer than any answer takes. */
const SILENCE_MS = 180_000;
const LONGEST_CHECK_MS = 5_000;
const LONGEST_PARAMETER = 200;
/** Told to the caller in full, and logged: an operator has to restore something. */
const DAMAGE: ReadonlySet<string> = new Set(['object.corrupt', 'object.missing']);

/** The control plane's HTTP interface: one route for each operation of the contract, OpenAPI, reference page, console. */
export async function buildHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const limits = httpLimits(options.limits);
  const clock = options.clock ?? systemClock;
  const server = Fastify({
    bodyLimit: limits.maxBodyBytes,
    genReqId: options.newRequestId,
    logger: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    connectionTimeout: SILENCE_MS,
    requestTimeout: 0, // uploads may take long; JSON bodies have a time of their own
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, LONGEST_CHECK_MS),
    },
    clientErrorHandler: answerBrokenRequest(options.newRequestId),
    frameworkErrors: (error, request, reply) => {
      nameRequest(request, reply, options.version);
      reply.header('cache-control', 'no-store');
      sendProblem(reply, request, asFailure(error));
    },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  });
  readBodies(server, limits, clock);
  guardEveryRequest(server, options);
  reportFailures(server, options);
  const waiting = new Set<AbortController>();
  limitConnections(server.server, limits);
  const cutUnused = unusedConnections(server.server);
  server.addHook('preClose', async () => {
    for (const call of waiting) call.abort(); // whoever waits for news hears the last of it
    cutUnused();
  });
  const shared: Shared = {
    options,
    waiting,
    admit: admission(options, limits, clock),
    heavy: heavyWork(limits, options.openWork, clock),
  };
  for (const [id, operation] of Object.entries(OPERATIONS))
    addOperation(server, id as OperationId, operation, shared);
  addDocuments(server, options.version);
  await serveConsole(server, options.consoleFolder);
  return server;
}

function readBodies(server: FastifyInstance, limits: HttpLimits, clock: Clock): void {
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs, minUploadBytesPerSecond } = limits;
  server.removeContentTypeParser(['text/plain', 'application/json']);
  server.addContentTypeParser(
    'application/json',
    async ({ headers }: FastifyRequest, payload: FastifyRequest['raw']) => {
      if (Number(headers['content-length']) > maxBytes)
        throw fail('request.too-large', { limitBytes: maxBytes });
      return readJsonBody(payload.iterator({ destroyOnReturn: false }), { maxBytes, timeoutMs });
    },
  );
  // A handler that stops in the middle of the body must not end the connection, on which it is answered.
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) =>
    done(null, steadily(payload.iterator({ destroyOnReturn: false }), minUploadBytesPerSecond, clock)),
  );
}

function guardEveryRequest(server: FastifyInstance, options: HttpOptions): void {
  const checkHost = hostChecker(options.host, options.allowedHosts);
  server.addHook('onRequest', async (request, reply) => {
    nameRequest(request, reply, options.version);
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (!isConsoleFile(request)) reply.header('cache-control', 'no-store');
    if (options.isSecure) reply.header('strict-transport-security', 'max-age=31536000');
    refuseTwoHosts(request.raw.rawHeaders);
    checkHost(request.headers.host);
    if (!request.url.startsWith('/')) throw fail('request.invalid', { reason: 'the path must begin with /' });
  });
}

/** By the route, since a path can be written in many ways; the files of the console change with their names alone. */
function isConsoleFile({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === '/*' || routeOptions.url === '/';
}

function nameRequest(request: FastifyRequest, reply: FastifyReply, version: string): void {
  reply.header(VERSION_HEADER, version);
  reply.header('x-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
}

function reportFailures(server: FastifyInstance, options: HttpOptions): void {
  server.setErrorHandler((thrown, request, reply) => {
    const failure = asFailure(thrown);
    const { raw } = request;
    // The caller left in the middle of its body; a request that we gave up has its connection still.
    const isGone = raw.destroyed && !raw.complete && reply.raw.socket?.destroyed !== false;
    if ((failure.kind === 'internal' || DAMAGE.has(failure.code)) && !isGone) {
      options.logFailure({
        requestId: request.id,
        operation: request.routeOptions.url ?? request.url,
        cause: failure.cause ?? failure,
      });
    }
    const denial = denialOf(failure, request);
    if (denial !== undefined) options.noteDenial(denial);
    if (raw.complete || raw.destroyed) sendProblem(reply, request, failure);
    else refuseUnreadBody(reply, request, failure);
  });
}

function addOperation(
  server: FastifyInstance,
  id: OperationId,
  operation: Operation,
  { options, waiting, admit, heavy }: Shared,
): void {
  const handle = options.handlers[id] as (input: unknown, context: CallContext) => Promise<unknown>;
  server.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    onRequest: async (request, reply) => {
      const { permission } = operation;
      request.caller = permission === 'public' ? null : await admit(request, reply, permission);
      acceptBody(operation, request.headers);
    },
    handler: async (request, reply) => {
      const controller = new AbortController();
      waiting.add(controller);
      reply.raw.once('close', () => {
        waiting.delete(controller);
        controller.abort();
      });
      await refuseInSlices(operation, request.body, nextTurn);
      const input = validateRequest(operation, {
        params: request.params,
        query: request.query,
        body: request.body,
      });
      const { caller, id: requestId } = request;
      const { localAddress: address, localPort: port } = request.raw.socket;
      const reachedAt = { address, port };
      const { 'content-length': length } = request.headers;
      const announcedBytes = length === undefined ? undefined : Number(length);
      const context = { caller, requestId, signal: controller.signal, reachedAt, announcedBytes };
      const work = () => handle(input, context);
      const answer = caller === null ? await work() : await heavy.within(id, caller.id, work);
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
  // At the start: making it takes a third of a second, which no request may keep the event loop for.
  const document = JSON.stringify(openApiDocument(version));
  server.get('/api/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  );
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
