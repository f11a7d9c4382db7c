import type { Transform } from 'node:stream';
import { createGunzip, createInflate, deflate, gzip, constants as zlib } from 'node:zlib';
import { fail } from '@slipway/contract';

/** How an answer may be compressed, and from which size on it is worth it. */
export type AnswerEncoding = { name: EncodingName; fromBytes: number };
type EncodingName = 'gzip' | 'deflate';

const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
]);

/** What unpacks a body; undefined when it is sent as it is. Throws `request.unsupported-media`. */
export function decoderOf(contentEncoding: string | undefined): Transform | undefined {
  if (contentEncoding === undefined || contentEncoding === 'identity') return undefined;
  const decoder = DECODERS.get(contentEncoding.trim().toLowerCase());
  if (decoder === undefined) {
    throw fail('request.unsupported-media', {
      contentType: `with encoding ${contentEncoding.slice(0, 100)}`,
    });
  }
  return decoder();
}

let lastAccepted: { header: string; encoding: EncodingName | undefined } | undefined;

/**
 * The encoding that a client would take and we can make, gzip first; `q=0` refuses one. Most requests say what the one
 * before said, so that is remembered.
 */
export function acceptedEncoding(acceptEncoding: string | undefined): EncodingName | undefined {
  if (acceptEncoding === undefined) return undefined;
  if (lastAccepted?.header !== acceptEncoding) {
    lastAccepted = { header: acceptEncoding, encoding: readAccepted(acceptEncoding) };
  }
  return lastAccepted.encoding;
}

function readAccepted(acceptEncoding: string): EncodingName | undefined {
  const taken = new Set(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((each) => each.trim())
      .filter((each) => !/;\s*q=0(?:\.0*)?$/.test(each))
      .map((each) => each.split(';', 1)[0]!.trim()),
  );
  if (taken.has('gzip') || taken.has('*')) return 'gzip';
  return taken.has('deflate') ? 'deflate' : undefined;
}

const COMPRESSORS = { gzip, deflate } as const;

/**
 * Compresses off the thread, fast rather than small: the other side waits for it. Gives undefined where that fails;
 * the answer then goes as it is.
 */
export function compress(
  name: EncodingName,
  body: string | Buffer,
  done: (bytes: Buffer | undefined) => void,
): void {
  COMPRESSORS[name](body, { level: zlib.Z_BEST_SPEED }, (error, bytes) => {
    done(error === null ? bytes : undefined);
  });
}
