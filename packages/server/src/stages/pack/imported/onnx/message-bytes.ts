import protobuf from 'protobufjs/light.js';

/** Messages as bytes, so that what is not changed stays as it was written, known or not. */

const LENGTH_DELIMITED = 2;

/** A field with its place in the message; `content` is what is length-delimited. */
export type FieldBytes = { id: number; start: number; end: number; content: Uint8Array | undefined };

/** Throws the decoder's own errors, of any class, where the bytes are no message. */
export function* fieldsOf(bytes: Uint8Array): Generator<FieldBytes> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const id = tag >>> 3;
    if ((tag & 7) !== LENGTH_DELIMITED) {
      reader.skipType(tag & 7, 0, id);
      yield { id, start, end: reader.pos, content: undefined };
      continue;
    }
    const length = reader.uint32();
    const from = reader.pos;
    reader.skip(length);
    yield { id, start, end: reader.pos, content: bytes.subarray(from, from + length) };
  }
}

/** The head of a length-delimited field. */
export function lengthDelimited(id: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((id << 3) | LENGTH_DELIMITED)
    .uint32(length)
    .finish();
}

/** The whole of a length-delimited field. */
export function fieldBytes(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([lengthDelimited(id, content.byteLength), content]);
}

/** The message with some of its fields in other bytes; `change` gives undefined for a field that stays. */
export function withFields(
  bytes: Uint8Array,
  change: (field: FieldBytes) => Uint8Array | undefined,
  added: readonly Uint8Array[] = [],
): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const field of fieldsOf(bytes)) {
    const changed = change(field);
    if (changed === undefined) continue;
    parts.push(bytes.subarray(copied, field.start), changed);
    copied = field.end;
  }
  return copied === 0 && added.length === 0
    ? bytes
    : Buffer.concat([...parts, bytes.subarray(copied), ...added]);
}
