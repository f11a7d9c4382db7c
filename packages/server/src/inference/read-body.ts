import type { Readable } from 'node:stream';
import { fail } from '@slipway/contract';
import type { Admission } from './admission.ts';
import { decoderOf } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';
import { guarded } from './internal-errors.ts';

/**
 * Collects the body of a request, unpacked, and calls `done` once: with the body, or with why there is none
 * (`request.too-large`, `request.bad-encoding`, `predict.overloaded`, or an error of ours met on the way). When the
 * client goes away first, `done` is called with undefined; it must not throw. Throws `request.unsupported-media` for an encoding that is not known.
 *
 * The limit holds for what is sent and for what it unpacks to, so a bomb is put out at the limit. After a refusal the
 * rest of the body is read and thrown away by Node, so that the client gets to see the answer; the request timeout
 * bounds that.
 */
export function readBody(
  { request, headers, endpoint }: Pick<Exchange, 'request' | 'headers' | 'endpoint'>,
  limitBytes: number,
  admission: Admission,
  done: (body: Buffer | undefined, failure?: unknown) => void,
): void {
  const decoder = decoderOf(headers.contentEncoding);
  const body: Readable = decoder === undefined ? request : request.pipe(decoder);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;

  function finish(whole: Buffer | undefined, failure?: unknown): void {
    if (isOver) return;
    isOver = true;
    chunks.length = 0;
    admission.release(bytes, endpoint);
    if (decoder !== undefined) {
      request.unpipe(decoder);
      decoder.destroy();
      request.resume();
    }
    done(whole, failure);
  }

  function refuse(failure: unknown): void {
    finish(undefined, failure);
  }

  function take(chunk: Buffer): void {
    if (isOver) return;
    if (bytes + chunk.length > limitBytes) throw fail('request.too-large', { limitBytes });
    admission.hold(chunk.length, endpoint);
    bytes += chunk.length;
    chunks.push(chunk);
  }

  if (Number(headers.contentLength ?? 0) > limitBytes) {
    refuse(fail('request.too-large', { limitBytes }));
    return;
  }
  // Nobody is above these to catch what they throw: without the guard it would end the process.
  body.on('data', (chunk: Buffer) => guarded(() => take(chunk), refuse));
  body.on('end', () =>
    guarded(() => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)), refuse),
  );
  request.on('close', () => {
    // A request that came whole closes too, while its last bytes are still being unpacked.
    if (!request.complete) finish(undefined);
  });
  if (decoder === undefined) return;
  decoder.on('error', (cause) => refuse(fail('request.bad-encoding', {}, { cause })));
  countPacked(request, limitBytes, () => refuse(fail('request.too-large', { limitBytes })));
}

/** Nothing that unpacks to nothing may go on for ever. */
function countPacked(request: Readable, limitBytes: number, tooMuch: () => void): void {
  let packed = 0;
  request.on('data', (chunk: Buffer) => {
    packed += chunk.length;
    if (packed > limitBytes) tooMuch();
  });
}
