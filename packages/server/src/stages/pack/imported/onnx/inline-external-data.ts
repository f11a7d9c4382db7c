import { fail, isFailure, type SlipwayError } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { modelProto } from '../../onnx/onnx-schema.ts';
import { type Archive, safePath } from '../archive/entries.ts';
import { fieldsOf, lengthDelimited } from './message-bytes.ts';

/** The files that lie beside a graph, and the most bytes that the whole may have. */
export type Beside = { file: string; archive: Archive; folder: string; maxBytes: number };

type MessageType = typeof modelProto;

const DEEPEST_NESTING = 100;
const RAW_DATA = 9;
/** Fields of TensorProto that give way: values, and where they lie. */
const REPLACED = new Set([RAW_DATA, 13, 14]);

/**
 * The model with the tensor data that lies in files beside it inside: MLflow and PyTorch write it so by default, and no runtime
 * shall ever open a path that a model names. Files are found in the archive alone. A model that holds its data itself comes back
 * as it is. Throws `model.external-data` for data that is not there, `model.refused` and `model.not-onnx`.
 */
export function inlineExternalData(model: Uint8Array, beside: Beside): Uint8Array {
  let total = model.byteLength;
  const refused = (reason: string) => fail('model.refused', { file: beside.file, reason });
  const broken = (cause?: unknown) =>
    fail('model.not-onnx', { file: beside.file, reason: 'its bytes are none' }, { cause });
  const inside = (tensor: Uint8Array): Uint8Array => {
    const { place, isExternal } = placeOf(tensor);
    if (!isExternal) return place.size === 0 ? tensor : withoutPlace(tensor);
    const values = valuesAt(place, beside, refused);
    total += values.byteLength;
    if (total > beside.maxBytes) throw refused(`with its data it has more than ${beside.maxBytes} bytes`);
    return withValues(tensor, values);
  };
  try {
    return rewrite(modelProto, model, inside, 0);
  } catch (error) {
    throw isFailure(error) ? error : broken(error);
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

type Place = ReadonlyMap<string, string>;

const EXTERNAL = 1;

/**
 * Where the tensor says that its values lie, and whether they do. One that holds its values may still say where they lay before they
 * were loaded.
 */
function placeOf(tensor: Uint8Array): { place: Place; isExternal: boolean } {
  const place = new Map<string, string>();
  let isExternal = false;
  for (const { id, content, start } of fieldsOf(tensor)) {
    if (id === 14) isExternal = varintBehindTag(tensor, start) === EXTERNAL;
    if (id !== 13 || content === undefined) continue;
    const entry = [...fieldsOf(content)].map((field) => [
      field.id,
      Buffer.from(field.content ?? []).toString('utf8'),
    ]);
    const { 1: key = '', 2: value = '' } = Object.fromEntries(entry) as Record<number, string>;
    place.set(key, value);
  }
  return { place, isExternal };
}

function varintBehindTag(bytes: Uint8Array, start: number): number {
  const reader = protobuf.Reader.create(bytes);
  reader.pos = start;
  reader.uint32();
  return reader.uint32();
}

function withoutPlace(tensor: Uint8Array): Uint8Array {
  const kept = [...fieldsOf(tensor)].filter(({ id }) => id !== 13);
  return Buffer.concat(kept.map(({ start, end }) => tensor.subarray(start, end)));
}

function valuesAt(
  place: Place,
  { file, archive, folder }: Beside,
  refused: (reason: string) => SlipwayError,
): Uint8Array {
  const name = place.get('location') ?? '';
  const stored = archive.get(`${folder}${safePath(file, name)}`)?.();
  if (stored === undefined) throw fail('model.external-data', { file, data: name.slice(0, 100) });
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
