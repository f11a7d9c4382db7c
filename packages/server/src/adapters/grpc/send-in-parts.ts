import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** Smaller messages are sent by the library. */
const LARGE_BYTES = 1024 * 1024;
/** Bytes that are handed to the connection before others have a turn. */
const PIECE_BYTES = 64 * 1024;
/** The length of a message and whether it is compressed go before it. */
const HEAD_BYTES = 5;

/**
 * Has a call send large messages, which are given in parts, as fast as their reader reads and without a copy: the library copies a message
 * into one buffer and hands that to the connection at once, some 10 to 20 ms for 40 MB in which nobody else is answered.
 *
 * The library has no word for it. Its call holds the stream of HTTP/2; where a later version does not, it sends as ever.
 */
export function sendInParts(call: ServerInterceptingCallInterface): void {
  const send = call.sendMessage.bind(call);
  call.sendMessage = (message: readonly Uint8Array[], callback) => {
    const { stream } = call as { stream?: ServerHttp2Stream };
    const bytes = message.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes < LARGE_BYTES || typeof stream?.write !== 'function' || !stream.headersSent) {
      send(message, callback);
      return;
    }
    // Of a call that is gone nothing is to be told: its end was told already.
    void writeAll(stream, bytes, message).then((isWritten) => isWritten && callback());
  };
}

/** Whether everything was taken by the connection; else the stream has ended. */
async function writeAll(
  stream: ServerHttp2Stream,
  bytes: number,
  parts: readonly Uint8Array[],
): Promise<boolean> {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(bytes, 1);
  stream.write(head);
  for (const part of parts) {
    for (let from = 0; from < part.byteLength; from += PIECE_BYTES) {
      if (isOver(stream)) return false;
      if (!stream.write(part.subarray(from, from + PIECE_BYTES))) await roomOrEnd(stream);
    }
  }
  return !isOver(stream);
}

function isOver(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed || stream.writableEnded;
}

function roomOrEnd(stream: ServerHttp2Stream): Promise<void> {
  if (isOver(stream)) return Promise.resolve();
  return new Promise((resolve) => {
    function done(): void {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    }
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}
