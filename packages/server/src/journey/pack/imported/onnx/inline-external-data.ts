import { fail, type SlipwayError } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { modelProto } from '../../onnx/onnx-schema.ts';
import { type Archive, safePath } from '../archive/entries.ts';

/** The files that lie beside a graph, and the most bytes that the whole may have. */
export type Beside = { file: string; archive: Archive; folder: string; maxBytes: number };

type MessageType = typeof modelProto;

const LENGTH_DELIMITED = 2;
const DEEPEST_NESTING = 100;
const RAW_DATA = 9;
/** Fields of TensorProto that give way: values, and where they lie. */
const REPLACED = new Set([RAW_DATA, 13, 14]);

/**
 * The model with the tensor data that lies in files beside it inside: MLflow and PyTorch write it so by default, and no runtime
 * shall ever open a path that a model names. Files are found in the archive alone. A model that holds its data itself comes back
 * as it is. Throws `model.refused` and `model.not-onnx`.
 */
export function inlineExternalData(model: Uint8Array, beside: Beside): Uint8Array {
  let total = model.byteLength;
  const refused = (reason: string) => fail('model.refused', { file: beside.file, reason });
  const broken = (cause?: unknown) =>
    fail('model.not-onnx', { file: beside.file, reason: 'its bytes are none' }, { cause });
  const inside = (tensor: Uint8Array): Uint8Array => {
    const place = placeOf(tensor);
    if (place === undefined) return tensor;
    const values = valuesAt(place, beside, refused);
    total += values.byteLength;
    if (total > beside.maxBytes) throw refused(`with its data it has more than ${beside.maxBytes} bytes`);
    return withValues(tensor, values);
  };
  try {
    return rewrite(modelProto, model, inside, 0);
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError ? broken(error) : error;
  }
}

/** Rewrites every tensor of a message, and the lengths of what they are in. */
function rewrite(
  type: MessageType,
  bytes: Uint8Array,
  inside: (tensor: Uint8Array) => Uint8Array,
  depth: number,
): Uint8Array {
  if (depth > DEEPEST_NESTING) throw new RangeError('nested too deeply');
  if (type.name === 'TensorProto') return inside(bytes);
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const field of fieldsOf(bytes)) {
    const inner = type.fieldsById[field.id]?.resolve().resolvedType;
    if (!inner || field.content === undefined) continue;
    const changed = rewrite(inner as MessageType, field.content, inside, depth + 1);
    if (changed === field.content) continue;
    parts.push(bytes.subarray(copied, field.start), lengthDelimited(field.id, changed.byteLength), changed);
    copied = field.end;
  }
  return copied === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(copied)]);
}

type FieldBytes = { id: number; start: number; end: number; content: Uint8Array | undefined };

function* fieldsOf(bytes: Uint8Array): Generator<FieldBytes> {
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

function lengthDelimited(id: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((id << 3) | LENGTH_DELIMITED)
    .uint32(length)
    .finish();
}

type Place = ReadonlyMap<string, string>;

/** Where the tensor says that its values lie; undefined for one that holds them. */
function placeOf(tensor: Uint8Array): Place | undefined {
  const place = new Map<string, string>();
  for (const { id, content } of fieldsOf(tensor)) {
    if (id !== 13 || content === undefined) continue;
    const entry = [...fieldsOf(content)].map((field) => [
      field.id,
      Buffer.from(field.content ?? []).toString('utf8'),
    ]);
    const { 1: key = '', 2: value = '' } = Object.fromEntries(entry) as Record<number, string>;
    place.set(key, value);
  }
  return place.size === 0 ? undefined : place;
}

function valuesAt(
  place: Place,
  { file, archive, folder }: Beside,
  refused: (reason: string) => SlipwayError,
): Uint8Array {
  const name = place.get('location') ?? '';
  const stored = archive.get(`${folder}${safePath(file, name)}`)?.();
  if (stored === undefined)
    throw refused(`it keeps tensor data in ${JSON.stringify(name.slice(0, 100))}, which is not beside it`);
  const offset = Number(place.get('offset') ?? 0);
  const length = Number(place.get('length') ?? stored.byteLength - offset);
  const isInside = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!isInside || offset + length > stored.byteLength)
    throw refused(`its tensor data ends behind the end of ${name}`);
  return stored.subarray(offset, offset + length);
}

function withValues(tensor: Uint8Array, values: Uint8Array): Uint8Array {
  const kept = [...fieldsOf(tensor)].filter(({ id }) => !REPLACED.has(id));
  return Buffer.concat([
    ...kept.map(({ start, end }) => tensor.subarray(start, end)),
    lengthDelimited(RAW_DATA, values.byteLength),
    values,
  ]);
}
