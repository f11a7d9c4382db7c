import {
  fail,
  isStream,
  OPERATIONS,
  type Operation,
  type OperationAnswer,
  type OperationCall,
  type OperationId,
  ownValue,
  type PredictResponse,
  trimEndMarks,
  VERSION_HEADER,
} from '@slipway/contract';
import { failureOf, jsonOf, unreachable } from './answers.ts';
import { spareLoopback } from './spare-loopback.ts';

export type ClientOptions = {
  /** Address of the control plane, e.g. `http://127.0.0.1:7400`. */
  server: string;
  /** An API key. Left out, only public operations work. */
  token?: string | undefined;
  /** For tests and odd networks; the platform's fetch otherwise. */
  fetch?: typeof fetch;
  /** Called with the version of the server for each response that tells it. */
  onServerVersion?: (version: string) => void;
};

type Methods = {
  [Id in OperationId]: Record<never, never> extends OperationCall<Id>
    ? (call?: OperationCall<Id>, options?: CallOptions) => Promise<OperationAnswer<Id>>
    : (call: OperationCall<Id>, options?: CallOptions) => Promise<OperationAnswer<Id>>;
};

export type CallOptions = { signal?: AbortSignal };

/** Every operation of the contract as a typed method, by its id: `client.call['datasets.list']()`. */
export type Client = {
  call: Methods;
  /** Asks an endpoint for predictions, at the address and with the token that the endpoint has. */
  predict(
    endpoint: { url: string; token: string },
    rows: Row[],
    options?: CallOptions,
  ): Promise<PredictResponse>;
};

export type Row = Record<string, string | number | boolean | null>;

/**
 * Makes a client. Failed calls throw the failure of the catalogue that the server answered with; a server that
 * cannot be reached throws `server.unreachable`.
 *
 * @example
 * const slipway = createClient({ server: 'http://127.0.0.1:7400', token });
 * const { datasets } = await slipway.call['datasets.list']();
 */
export function createClient(options: ClientOptions): Client {
  const send = sender(options);
  const call = Object.fromEntries(
    Object.entries(OPERATIONS).map(([id, operation]) => [
      id,
      (given: GivenParts = {}, callOptions: CallOptions = {}) =>
        callOperation(send, operation, given, callOptions),
    ]),
  ) as unknown as Methods;
  return {
    call,
    async predict(endpoint, rows, callOptions = {}) {
      const response = await send(endpoint.url, {
        method: 'POST',
        headers: { authorization: `Bearer ${endpoint.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ rows }),
        signal: callOptions.signal ?? null,
      });
      return (await jsonOf(response)) as PredictResponse;
    },
  };
}

type GivenParts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };
type Send = (url: string, init: RequestInit) => Promise<Response>;

async function callOperation(
  send: Send,
  operation: Operation,
  given: GivenParts,
  options: CallOptions,
): Promise<unknown> {
  const init: RequestInit & { duplex?: 'half' } = {
    method: operation.method,
    signal: options.signal ?? null,
  };
  if (operation.body !== undefined) Object.assign(init, requestBody(operation.body, given.body));
  const response = await send(fillPath(operation.path, given.params) + queryString(given.query), init);
  if (isStream(operation.answer)) return chunksOf(response);
  return jsonOf(response);
}

function requestBody(kind: NonNullable<Operation['body']>, body: unknown): RequestInit & { duplex?: 'half' } {
  if (!isStream(kind)) {
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) };
  }
  return { headers: { 'content-type': kind.stream }, body: body as RequestInit['body'], duplex: 'half' };
}

function sender(options: ClientOptions): Send {
  const doFetch = options.fetch ?? fetch;
  return async (url, init) => {
    const whole = /^https?:/.test(url) ? url : trimEndMarks(options.server, '/') + url;
    const headers = new Headers(init.headers);
    if (options.token && !headers.has('authorization'))
      headers.set('authorization', `Bearer ${options.token}`);
    if (options.fetch === undefined) spareLoopback(whole);
    const response = await doFetch(whole, { ...init, headers }).catch(unreachable(whole));
    const version = response.headers.get(VERSION_HEADER);
    if (version !== null) options.onServerVersion?.(version);
    if (!response.ok) throw await failureOf(response);
    return response;
  };
}

function fillPath(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(ownValue(params, key) ?? '');
    // An address takes `.` and `..` for folders, however they are written: another operation would be called.
    if (['', '.', '..'].includes(value))
      throw fail('request.invalid', { reason: `${key}: it may not be '${value}'` }, { path: key });
    return encodeURIComponent(value);
  });
}

function queryString(query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(unreachable(response.url));
    if (done) return;
    yield value;
  }
}
