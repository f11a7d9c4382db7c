import { Readable } from 'node:stream';
import {
  fail,
  isStream,
  OPERATIONS,
  type Operation,
  type OperationId,
  openApiDocument,
} from '@slipway/contract';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { CallContext, Caller, Handlers } from './handler-types.ts';
import { hostChecker } from './host-check.ts';
import { asFailure } from './problem.ts';
import { referencePage } from './reference-page.ts';
import { sendProblem } from './send-problem.ts';
import { serveConsole } from './serve-console.ts';
import { validateRequest } from './validate-request.ts';

export type HttpOptions = {
  handlers: Handlers;
  /** Who the bearer is; throws `access.unauthenticated`. */
  authenticate: (bearer: string | undefined) => Promise<Caller>;
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

/** The control plane's HTTP face: one route for each operation of the contract, OpenAPI, reference page, console. */
export async function buildHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: options.maxBodyBytes,
    genReqId: options.newRequestId,
    logger: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    requestTimeout: 0, // uploads may take long; headersTimeout still cuts idle openers
    routerOptions: { maxParamLength: 200 },
  });
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  guardEveryRequest(server, options);
  reportFailures(server, options);
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    addOperation(server, id as OperationId, operation, options);
  }
  addDocuments(server, options.version);
  await serveConsole(server, options.consoleFolder);
  return server;
}

function guardEveryRequest(server: FastifyInstance, options: HttpOptions): void {
  const checkHost = hostChecker(options.host, options.allowedHosts);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    checkHost(request.headers.host);
  });
}

function reportFailures(server: FastifyInstance, options: HttpOptions): void {
  server.setErrorHandler((thrown, request, reply) => {
    const failure = asFailure(thrown);
    if (failure.kind === 'internal') {
      options.logFailure({
        requestId: request.id,
        operation: request.routeOptions.url ?? request.url,
        cause: failure.cause ?? failure,
      });
    }
    sendProblem(reply, request, failure);
  });
}

function addOperation(
  server: FastifyInstance,
  id: OperationId,
  operation: Operation,
  options: HttpOptions,
): void {
  const handle = options.handlers[id] as (input: unknown, context: CallContext) => Promise<unknown>;
  server.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    onRequest: async (request) => {
      request.caller =
        operation.permission === 'public' ? null : await authorised(request, operation, options);
    },
    handler: async (request, reply) => {
      const controller = new AbortController();
      reply.raw.once('close', () => controller.abort());
      const input = validateRequest(operation, {
        params: request.params,
        query: request.query,
        body: request.body,
      });
      const answer = await handle(input, {
        caller: request.caller,
        requestId: request.id,
        signal: controller.signal,
      });
      if (!isStream(operation.answer)) return reply.send(answer);
      return reply
        .type(operation.answer.stream)
        .header('content-disposition', 'attachment')
        .send(Readable.from(answer as AsyncIterable<Uint8Array>));
    },
  });
}

async function authorised(
  request: FastifyRequest,
  operation: Operation,
  options: HttpOptions,
): Promise<Caller> {
  const header = request.headers.authorization;
  const bearer = header?.startsWith('Bearer ') ? header.slice('Bearer '.length).trim() : undefined;
  const caller = await options.authenticate(bearer);
  if (operation.permission !== 'public' && !caller.permissions.has(operation.permission)) {
    throw fail('access.forbidden', { permission: operation.permission });
  }
  return caller;
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
