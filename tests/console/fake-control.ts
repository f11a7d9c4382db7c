import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import {
  FAILURES,
  type FailureCode,
  fail,
  isFailure,
  isStream,
  OPERATIONS,
  type Operation,
  type OperationAnswer,
  type OperationId,
  type OperationInput,
} from '@slipway/contract';
import { z } from 'zod';

export type FakeHandlers = {
  [Id in OperationId]?: (input: OperationInput<Id>) => OperationAnswer<Id> | Promise<OperationAnswer<Id>>;
};

export type FakeControl = {
  url: string;
  /** Operations called so far, in order. */
  calls: OperationId[];
  close: () => Promise<void>;
};

type FakeOptions = {
  /** Built console. */
  folder: string;
  key: string;
  handlers: FakeHandlers;
  /** Predictions, at `/predict`. */
  predict?: (body: unknown, token: string | undefined) => unknown;
};

/** The policy that the control plane serves the console under. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const MEDIA: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const STATUSES: Partial<Record<FailureCode, number>> = {
  'access.unauthenticated': 401,
  'access.forbidden': 403,
  'request.invalid': 400,
  'route.missing': 404,
};

/** The paths of the contract with handlers given by a test, each answer held to its schema; and the console's files. */
export async function startFakeControl(options: FakeOptions): Promise<FakeControl> {
  const calls: OperationId[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const work = path.startsWith('/api/')
      ? answerCall(options, calls, request, response)
      : path === '/predict'
        ? answerPredict(options, request, response)
        : serveFile(options.folder, path, response);
    work.catch((error: unknown) => sendFailure(response, error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerCall(
  options: FakeOptions,
  calls: OperationId[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const found = findOperation(request.method ?? 'GET', url.pathname);
  if (found === undefined) throw fail('route.missing', { method: request.method ?? '', path: url.pathname });
  const { id, operation, params } = found;
  if (operation.permission !== 'public' && request.headers.authorization !== `Bearer ${options.key}`) {
    throw fail('access.unauthenticated');
  }
  calls.push(id);
  const handler = options.handlers[id] as ((input: unknown) => unknown) | undefined;
  if (handler === undefined) throw fail('operation.not-yet', { what: id });
  const answer = await handler({
    params: parsed(operation.params, params),
    query: parsed(operation.query, Object.fromEntries(url.searchParams)),
    body: isStream(operation.body) ? undefined : parsed(operation.body, await readJson(request)),
  });
  if (isStream(operation.answer)) throw fail('operation.not-yet', { what: id });
  send(response, 200, operation.answer.parse(answer));
}

function findOperation(method: string, path: string) {
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    const pattern = new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]);
    return { id, operation, params: Object.fromEntries(params) as Record<string, string> };
  }
  return undefined;
}

function parsed(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw fail('request.invalid', { reason: z.prettifyError(result.error) });
  return result.data;
}

async function answerPredict(options: FakeOptions, request: IncomingMessage, response: ServerResponse) {
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  send(response, 200, options.predict?.(await readJson(request), token));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const file = normalize(path).includes('.') ? normalize(path) : '/index.html';
  const bytes = await readFile(join(folder, file)).catch(() => null);
  if (bytes === null) throw fail('route.missing', { method: 'GET', path });
  response
    .writeHead(200, {
      'content-type': MEDIA[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    })
    .end(bytes);
}

function sendFailure(response: ServerResponse, error: unknown): void {
  const known = isFailure(error);
  const code = known ? error.code : 'internal';
  // What is no failure of the catalogue is a mistake in the test's own data: say it where a test shows it.
  const detail = error instanceof Error ? error.message : String(error);
  send(response, known ? (STATUSES[code] ?? 422) : 500, {
    type: `https://slipway.example/failures/${code}`,
    title: code,
    status: known ? (STATUSES[code] ?? 422) : 500,
    detail,
    code,
    hint: known ? error.hint : FAILURES.internal.hint,
    requestId: 'req_fake',
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
