import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export type SniffedEncoding = { encoding: Encoding; byteOrderMark: boolean };

const SAMPLE_BYTES = 64 * 1024;
/** Above this share of control characters the bytes are no text. */
const MAX_CONTROL_SHARE = 0.02;

/**
 * The encoding of text by its first bytes: byte-order mark, else zero bytes on every other place (UTF-16), else
 * valid UTF-8, else Windows-1252 (a superset of printable Latin-1). Throws `file.binary` when it is no text.
 */
export function sniffEncoding(head: Uint8Array, file: string): SniffedEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return marked('utf-8');
  if (head[0] === 0xff && head[1] === 0xfe) return marked('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return marked('utf-16be');
  const sample = head.subarray(0, SAMPLE_BYTES);
  const zeros = zeroShares(sample);
  if (zeros.odd > 0.3 && zeros.even < 0.1) return { encoding: 'utf-16le', byteOrderMark: false };
  if (zeros.even > 0.3 && zeros.odd < 0.1) return { encoding: 'utf-16be', byteOrderMark: false };
  if (controlShare(sample) > MAX_CONTROL_SHARE) throw fail('file.binary', { file });
  const encoding = isUtf8(wholeCharacters(sample)) ? 'utf-8' : 'windows-1252';
  return { encoding, byteOrderMark: false };
}

/** The bytes without a UTF-8 sequence that the end cuts off. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

const marked = (encoding: Encoding): SniffedEncoding => ({ encoding, byteOrderMark: true });

function zeroShares(bytes: Uint8Array): { odd: number; even: number } {
  const pairs = Math.max(1, bytes.length >> 1);
  let odd = 0;
  let even = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  return { odd: odd / pairs, even: even / pairs };
}

function controlShare(bytes: Uint8Array): number {
  let control = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) control++;
  return control / Math.max(1, bytes.length);
}
