import { type Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A body that is read while it is sent; `bytes` is its length where that is known before. */
export type StreamBody = AsyncIterable<Uint8Array> & { readonly bytes?: number };

/**
 * The platform's fetch, except for bodies that are streams: those are read only as fast as the server takes them, so that
 * memory does not grow with them, and sent with their length. Rejects as fetch does: with a TypeError that has the cause,
 * or with the AbortError of the signal.
 */
export const fetchStreaming: typeof fetch = async (input, init) => {
  const body: unknown = init?.body;
  if (!isStreamBody(body)) return fetch(input, init);
  const request = new Request(input, { ...init, body: null });
  const headers = Object.fromEntries(request.headers);
  if (body.bytes !== undefined) headers['content-length'] = String(body.bytes);
  // Not `request.signal`: that one is no longer aborted once the garbage collector has taken the request.
  const signal = init?.signal ?? undefined;
  return sendStream(new URL(request.url), body, { method: request.method, headers, signal });
};

type Sending = {
  method: string;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
  agent?: Agent;
};

type Hooks = {
  /** Called with the connection before anything is sent on it; what it throws is what the call rejects with. */
  onSocket?: (request: ClientRequest, socket: Socket) => void;
  /** Content of the response; all of it is read before the call resolves unless told. */
  contentOf?: (message: IncomingMessage) => Promise<Uint8Array<ArrayBuffer> | ReadableStream>;
};

/** What is read of the body ends when the server answers early; what goes wrong with the body itself is thrown as it is. */
export function sendStream(
  url: URL,
  body: AsyncIterable<Uint8Array>,
  options: Sending,
  { onSocket, contentOf = gather }: Hooks = {},
): Promise<Response> {
  const open = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const source = Readable.from(body, { objectMode: false, highWaterMark: 1 });
    let problem: Error | undefined;
    source.once('error', (error) => {
      problem = error;
    });
    const request = open(url, options);
    request.once('response', (message) => {
      contentOf(message)
        .then((content) => {
          resolve(responseOf(url, message.statusCode!, message.headers, content));
          if (!request.writableFinished) request.destroy();
        })
        .catch((error: Error) => reject(failed(error)));
    });
    request.once('error', (error) => reject(problem ?? failed(error)));
    request.once('socket', (socket) => {
      try {
        onSocket?.(request, socket);
      } catch (error) {
        reject(error);
        request.destroy();
        return;
      }
      pipeline(source, request).catch((error: Error) => {
        if (request.destroyed && problem === undefined) return; // 'error' or an early answer has told
        request.destroy(error);
        reject(problem ?? failed(error));
      });
    });
  });
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all));
}

const WITHOUT_CONTENT = new Set([204, 205, 304]);

function responseOf(
  url: URL,
  status: number,
  headers: NodeJS.Dict<string | string[]>,
  content: Uint8Array<ArrayBuffer> | ReadableStream,
): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const response = new Response(WITHOUT_CONTENT.has(status) ? null : content, {
    status,
    headers: pairs,
  });
  Object.defineProperty(response, 'url', { value: url.href });
  return response;
}

function failed(cause: Error): Error {
  return cause.name === 'AbortError' ? cause : new TypeError('fetch failed', { cause });
}

export function isStreamBody(body: unknown): body is StreamBody {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
