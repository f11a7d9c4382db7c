import { fail, type SlipwayError } from '@slipway/contract';
import type { Admission } from './admission.ts';
import type { Exchange } from './exchange.ts';

/**
 * Collects the body of a request and calls `done` once: with the body, or with why there is none
 * (`request.too-large`, `predict.overloaded`). When the client goes away first, `done` is called with undefined.
 *
 * After a refusal the rest of the body is read and thrown away by Node, so that the client gets to see the answer;
 * the request timeout bounds that.
 */
export function readBody(
  { request, headers }: Pick<Exchange, 'request' | 'headers'>,
  limitBytes: number,
  admission: Admission,
  done: (body: Buffer | undefined, failure?: SlipwayError) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;

  function finish(body: Buffer | undefined, failure?: SlipwayError): void {
    if (isOver) return;
    isOver = true;
    chunks.length = 0;
    admission.release(bytes);
    done(body, failure);
  }

  if (Number(headers.contentLength ?? 0) > limitBytes) {
    finish(undefined, fail('request.too-large', { limitBytes }));
    return;
  }
  request.on('data', (chunk: Buffer) => {
    if (isOver) return;
    if (bytes + chunk.length > limitBytes) {
      finish(undefined, fail('request.too-large', { limitBytes }));
      return;
    }
    try {
      admission.hold(chunk.length);
    } catch (failure) {
      finish(undefined, failure as SlipwayError);
      return;
    }
    bytes += chunk.length;
    chunks.push(chunk);
  });
  request.on('end', () => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  request.on('close', () => finish(undefined));
}
