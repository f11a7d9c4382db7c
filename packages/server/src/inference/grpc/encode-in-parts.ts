import { encodeMessage } from './schema.ts';

/** Smaller messages are encoded as a whole. */
const LARGE_BYTES = 1024 * 1024;
/** `raw_output_contents` of ModelInferResponse: field 6, of bytes. */
const RAW_TAG = (6 << 3) | 2;
/** `infer_response` of ModelStreamInferResponse: field 2, a message. */
const RESPONSE_TAG = (2 << 3) | 2;

type WithRaw = { raw_output_contents?: readonly Uint8Array[] };
type Answer = WithRaw & { infer_response?: WithRaw };

/**
 * The bytes of a message in parts that follow one another. The raw contents of large tensors are parts of their own, which are not
 * copied. A protobuf message is its fields one after the other, in any order
 * (https://protobuf.dev/programming-guides/encoding/), so that what is large goes last.
 */
export function encodeInParts(name: string, answer: Answer): readonly Uint8Array[] {
  const { infer_response: inner = {}, ...outer } = answer;
  const isInStream = rawBytes(inner) >= LARGE_BYTES;
  if (!isInStream && rawBytes(answer) < LARGE_BYTES) return [encodeMessage(name, answer)];
  const { raw_output_contents: raw = [], ...rest } = isInStream ? inner : answer;
  const head = encodeMessage('ModelInferResponse', rest);
  const fields = [head, ...raw.flatMap((bytes) => [tagged(RAW_TAG, bytes.byteLength), bytes])];
  return isInStream ? [encodeMessage(name, outer), tagged(RESPONSE_TAG, sizeOf(fields)), ...fields] : fields;
}

function rawBytes({ raw_output_contents: raw = [] }: WithRaw): number {
  return sizeOf(raw);
}

/** Bytes of all parts. */
export function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** A field's tag, which is one byte here, and the length of what follows as a varint. */
function tagged(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
