import { type ClientRequest, request } from 'node:http';
import type { PostToDataPlane } from '../../workflows/index.ts';

/** Over the network of this machine. */
export const postByFetch: PostToDataPlane = async (url, { headers, body, signal }) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  return { ok: response.ok, text: await response.text() };
};

/** Over a Unix socket, whatever host the address names. */
export function postOverSocket(socketPath: string): PostToDataPlane {
  return (url, { headers, body, signal }) => {
    const { pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const call = request({ socketPath, method: 'POST', path: `${pathname}${search}`, headers, signal });
      // As `fetch` tells it.
      call.once('error', (cause) =>
        reject(signal.aborted ? signal.reason : new TypeError('fetch failed', { cause })),
      );
      answerOf(call).then(resolve, (cause: unknown) => reject(new TypeError('fetch failed', { cause })));
      call.end(body);
    });
  };
}

function answerOf(call: ClientRequest): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve, reject) => {
    call.once('response', (response) => {
      const { statusCode = 0 } = response;
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ ok: statusCode >= 200 && statusCode < 300, text }));
    });
  });
}
