import { encodeMessage } from './schema.ts';

/** Bytes that are copied before others have a turn. */
const COPY_BYTES = 4 * 1024 * 1024;
/** Smaller messages are encoded at once. */
const LARGE_BYTES = 1024 * 1024;
/** `raw_output_contents` of ModelInferResponse: field 6, of bytes. */
const RAW_TAG = (6 << 3) | 2;
/** `infer_response` of ModelStreamInferResponse: field 2, a message. */
const RESPONSE_TAG = (2 << 3) | 2;

type WithRaw = { raw_output_contents?: readonly Uint8Array[] };
type Answer = WithRaw & { infer_response?: WithRaw };

/**
 * A message as bytes, those of the raw contents of large tensors copied in parts between which others have turns. A protobuf message
 * is its fields one after the other, in any order (https://protobuf.dev/programming-guides/encoding/), so that what is large goes last.
 */
export async function encodeInParts(
  name: string,
  answer: Answer,
  again: () => Promise<void>,
): Promise<Buffer> {
  const { infer_response: inner = {}, ...outer } = answer;
  const isInStream = rawBytes(inner) >= LARGE_BYTES;
  if (!isInStream && rawBytes(answer) < LARGE_BYTES) return encodeMessage(name, answer);
  const { raw_output_contents: raw = [], ...rest } = isInStream ? inner : answer;
  const head = encodeMessage('ModelInferResponse', rest);
  const fields = [head, ...raw.flatMap((bytes) => [tagged(RAW_TAG, bytes.byteLength), bytes])];
  const around = isInStream ? [encodeMessage(name, outer), tagged(RESPONSE_TAG, sizeOf(fields))] : [];
  return joined([...around, ...fields], again);
}

function rawBytes({ raw_output_contents: raw = [] }: WithRaw): number {
  return sizeOf(raw);
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

async function joined(parts: readonly Uint8Array[], again: () => Promise<void>): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.byteLength; from += COPY_BYTES) {
      if (from > 0) await again();
      const piece = part.subarray(from, from + COPY_BYTES);
      whole.set(piece, at);
      at += piece.byteLength;
    }
  }
  return whole;
}

/** A field's tag, which is one byte here, and the length of what follows as a varint. */
function tagged(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
