import { fail } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { modelProto } from './onnx-schema.ts';

type MessageType = typeof modelProto;

const LENGTH_DELIMITED = 2;
/** As protobuf's own limit. */
const DEEPEST_NESTING = 100;

/**
 * Throws `bundle.invalid` when any tensor of an ONNX model keeps its data in another file: a runtime would open
 * whatever path the model names. Also throws when the bytes are no protobuf message.
 *
 * Every occurrence of every field is visited, because protobuf merges repeated occurrences of one field: a scan of a
 * decoded model would see only what its decoder kept.
 */
export function refuseExternalData(model: Uint8Array): void {
  scanMessage(modelProto, model, 0);
}

function scanMessage(type: MessageType, bytes: Uint8Array, depth: number): void {
  if (depth > DEEPEST_NESTING) throw noModel();
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const { fieldId, wireType } = readTag(reader);
    const field = type.fieldsById[fieldId];
    if (type.name === 'TensorProto' && isExternal(field?.name)) throw externalData();
    const inner = field?.resolve().resolvedType;
    if (inner && wireType === LENGTH_DELIMITED)
      scanMessage(inner as MessageType, readBytes(reader), depth + 1);
    else skip(reader, wireType, fieldId);
  }
}

function isExternal(field: string | undefined): boolean {
  return field === 'externalData' || field === 'dataLocation';
}

function readTag(reader: protobuf.Reader): { fieldId: number; wireType: number } {
  const tag = parsing(() => reader.uint32());
  return { fieldId: tag >>> 3, wireType: tag & 7 };
}

function readBytes(reader: protobuf.Reader): Uint8Array {
  return parsing(() => reader.bytes());
}

function skip(reader: protobuf.Reader, wireType: number, fieldId: number): void {
  parsing(() => reader.skipType(wireType, 0, fieldId));
}

function parsing<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw noModel(cause);
  }
}

function noModel(cause?: unknown): Error {
  return fail('bundle.invalid', { reason: 'model.onnx is not an ONNX model' }, { cause });
}

function externalData(): Error {
  return fail('bundle.invalid', {
    reason: 'model.onnx keeps tensor data outside the file, which is refused',
  });
}
