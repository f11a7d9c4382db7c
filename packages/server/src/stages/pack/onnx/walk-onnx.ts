import protobuf from 'protobufjs/light.js';
import { modelProto } from './onnx-schema.ts';

type MessageType = typeof modelProto;

/** Hears of everything in a model, in the order of its bytes. Message types are named as in onnx.proto. */
export type OnnxVisitor = {
  /** A message begins. */
  enter?(message: string): void;
  /**
   * A field, known or not, before what it holds; `size` is the bytes of what is length-delimited, else 0, and `value` that of a whole
   * number that is one field.
   */
  field?(message: string, field: string | undefined, size: number, value?: number): void;
  /** A message has been gone through. */
  leave?(message: string, bytes: Uint8Array): void;
  /** The bytes are no such message, or it is nested too deeply. */
  broken(cause?: unknown): Error;
};

const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** As protobuf's own limit. */
const DEEPEST_NESTING = 100;

/**
 * Goes through the bytes of an ONNX model without building anything from them. Every occurrence of every field is
 * visited, because protobuf merges repeated occurrences of one field: a look at a decoded model would see only what
 * its decoder kept.
 */
export function walkOnnx(model: Uint8Array, visitor: OnnxVisitor): void {
  walkMessage(modelProto, model, visitor, 0);
}

function walkMessage(type: MessageType, bytes: Uint8Array, visitor: OnnxVisitor, depth: number): void {
  if (depth > DEEPEST_NESTING) throw visitor.broken();
  visitor.enter?.(type.name);
  const reader = protobuf.Reader.create(bytes);
  const parsing = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      throw visitor.broken(cause);
    }
  };
  while (reader.pos < reader.len) {
    const tag = parsing(() => reader.uint32());
    const [fieldId, wireType] = [tag >>> 3, tag & 7];
    const field = type.fieldsById[fieldId];
    if (wireType !== LENGTH_DELIMITED) {
      const value = wireType === VARINT ? parsing(() => varintAt(bytes, reader.pos)) : undefined;
      visitor.field?.(type.name, field?.name, 0, value);
      parsing(() => reader.skipType(wireType, 0, fieldId));
      continue;
    }
    const content = parsing(() => contentOf(reader, bytes));
    visitor.field?.(type.name, field?.name, content.byteLength);
    const inner = field?.resolve().resolvedType;
    if (inner) walkMessage(inner as MessageType, content, visitor, depth + 1);
  }
  visitor.leave?.(type.name, bytes);
}

/** The whole number at a place, as far as it is one that a double holds. */
function varintAt(bytes: Uint8Array, at: number): number {
  const reader = protobuf.Reader.create(bytes);
  reader.pos = at;
  return Number(reader.uint64());
}

/** A view of what comes next, without a copy. */
function contentOf(reader: protobuf.Reader, bytes: Uint8Array): Uint8Array {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  return bytes.subarray(start, start + length);
}
