import type { Readable } from 'node:stream';
import { fail, type SlipwayError } from '@slipway/contract';
import type { Admission } from './admission.ts';
import { decoderOf } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';

/**
 * Collects the body of a request, unpacked, and calls `done` once: with the body, or with why there is none
 * (`request.too-large`, `request.bad-encoding`, `predict.overloaded`). When the client goes away first, `done` is
 * called with undefined. Throws `request.unsupported-media` for an encoding that is not known.
 *
 * The limit holds for what is sent and for what it unpacks to, so a bomb is put out at the limit. After a refusal the
 * rest of the body is read and thrown away by Node, so that the client gets to see the answer; the request timeout
 * bounds that.
 */
export function readBody(
  { request, headers }: Pick<Exchange, 'request' | 'headers'>,
  limitBytes: number,
  admission: Admission,
  done: (body: Buffer | undefined, failure?: SlipwayError) => void,
): void {
  const decoder = decoderOf(headers.contentEncoding);
  const body: Readable = decoder === undefined ? request : request.pipe(decoder);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;

  function finish(whole: Buffer | undefined, failure?: SlipwayError): void {
    if (isOver) return;
    isOver = true;
    chunks.length = 0;
    admission.release(bytes);
    if (decoder !== undefined) {
      request.unpipe(decoder);
      decoder.destroy();
      request.resume();
    }
    done(whole, failure);
  }

  if (Number(headers.contentLength ?? 0) > limitBytes) {
    finish(undefined, fail('request.too-large', { limitBytes }));
    return;
  }
  body.on('data', (chunk: Buffer) => {
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
  body.on('end', () => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  request.on('close', () => {
    // A request that came whole closes too, while its last bytes are still being unpacked.
    if (!request.complete) finish(undefined);
  });
  if (decoder === undefined) return;
  decoder.on('error', (cause) => finish(undefined, fail('request.bad-encoding', {}, { cause })));
  countPacked(request, limitBytes, () => finish(undefined, fail('request.too-large', { limitBytes })));
}

/** Nothing that unpacks to nothing may go on for ever. */
function countPacked(request: Readable, limitBytes: number, tooMuch: () => void): void {
  let packed = 0;
  request.on('data', (chunk: Buffer) => {
    packed += chunk.length;
    if (packed > limitBytes) tooMuch();
  });
}
