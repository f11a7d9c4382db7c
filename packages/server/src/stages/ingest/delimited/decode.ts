import { isUtf8 } from 'node:buffer';
import type { ReadOptions } from '@slipway/contract';

export type Encoding = NonNullable<ReadOptions['encoding']>;

/** Encodings of one byte a character, which have a character for (nearly) every byte. */
export type SingleByteEncoding = 'windows-1250' | 'windows-1251' | 'windows-1252';

/** How bytes become text. With `repair`, bytes that are not part of valid UTF-8 are read as that encoding. */
export type Decoding = { encoding: Encoding; repair?: SingleByteEncoding };

/** Characters 0x80 to 0x9F of Windows-1252. `TextDecoder` of some releases of Node.js reads them as control characters. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Text of the bytes, without a byte-order mark; a character that the end of a chunk cuts is put together. */
export async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  decoding: Decoding,
): AsyncGenerator<string> {
  const decoder = textDecoder(decoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** The bytes as UTF-8 without a byte-order mark. */
export async function* transcoded(
  chunks: AsyncIterable<Uint8Array>,
  decoding: Decoding,
): AsyncGenerator<Uint8Array> {
  for await (const text of decoded(chunks, decoding)) if (text !== '') yield Buffer.from(text);
}

type Decoder = { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string };

/** A decoder as `TextDecoder` is one, which also repairs and reads Windows-1252 by its standard. */
export function textDecoder({ encoding, repair }: Decoding): Decoder {
  if (repair !== undefined) return repairing(repair);
  if (encoding === 'windows-1252') return { decode: (bytes) => windows1252(bytes ?? new Uint8Array()) };
  return new TextDecoder(encoding);
}

function windows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!);
}

function repairing(encoding: SingleByteEncoding): Decoder {
  const single = textDecoder({ encoding });
  let cut: Uint8Array = new Uint8Array();
  let start = true;
  return {
    decode: (bytes = new Uint8Array(), { stream = false } = {}) => {
      const joined = cut.length === 0 ? bytes : Buffer.concat([cut, bytes]);
      const whole = stream ? wholeCharacters(joined) : joined;
      cut = Uint8Array.from(joined.subarray(whole.length));
      const text = repaired(whole, single);
      if (!start || text === '') return text;
      start = false;
      return text.startsWith('\ufeff') ? text.slice(1) : text;
    },
  };
}

function repaired(bytes: Uint8Array, single: Decoder): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  let text = '';
  let from = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += buffer.toString('utf8', from, i) + single.decode(bytes.subarray(i, i + 1));
    from = ++i;
  }
  return text + buffer.toString('utf8', from);
}

/** Bytes of the valid UTF-8 character at `i`; 0 where there is none. (Unicode 15, table 3-7.) */
export function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[i + 1] ?? 0;
  if (first < 0xe0) return continues(second) ? 2 : 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most || !continues(bytes[i + 2] ?? 0)) return 0;
  if (first < 0xf0) return 3;
  return continues(bytes[i + 3] ?? 0) ? 4 : 0;
}

const continues = (byte: number) => (byte & 0xc0) === 0x80;

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
