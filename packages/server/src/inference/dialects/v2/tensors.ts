import { isUtf8 } from 'node:buffer';
import { fail, type SlipwayError } from '@slipway/contract';
import { shownValue } from '../../../kernel/index.ts';
import {
  checkShape,
  countStrings,
  decodeValues,
  ELEMENT_TYPES,
  type ElementType,
  encodeValues,
  sizeOf,
  type Tensor,
  type TensorManifest,
  type TensorSpec,
} from '../../../stages/pack/index.ts';
import { LARGE_BYTES, TensorText } from '../../answers/pieces.ts';
import type { Datatype } from './datatypes.ts';
import { checkTexts } from './raw-values.ts';
import type { WantedOutput } from './read-infer.ts';

/** The protocol's names of the element types. */
export const DATATYPE_OF: Record<ElementType, Datatype> = {
  float64: 'FP64',
  float32: 'FP32',
  float16: 'FP16',
  int64: 'INT64',
  int32: 'INT32',
  int16: 'INT16',
  int8: 'INT8',
  uint64: 'UINT64',
  uint32: 'UINT32',
  uint16: 'UINT16',
  uint8: 'UINT8',
  bool: 'BOOL',
  string: 'BYTES',
};

/** A tensor of a request, before anything about it is known to be right: its values as bytes, or as lists. */
export type SentTensor = {
  name: unknown;
  datatype: unknown;
  shape: unknown;
  path: string;
  bytes: Uint8Array | undefined;
  data: unknown;
};

/**
 * The tensors of a request as the graph takes them, in its order, and behind them the optional ones that were sent; bytes are
 * taken as they came. Throws `request.invalid` and
 * `predict.wrong-type`.
 */
export function tensorsOf(
  sent: readonly SentTensor[],
  { inputs, optional = [] }: Pick<TensorManifest, 'inputs' | 'optional'>,
): Tensor[] {
  const given = optional.filter((spec) => sent.some(({ name }) => name === spec.name));
  const specs = [...inputs, ...given];
  const unknown = sent.find(({ name }) => specs.every((spec) => spec.name !== name));
  if (unknown !== undefined)
    throw invalid(`the model takes no tensor ${shownValue(unknown.name)}`, `${unknown.path}.name`);
  return specs.map((spec) => {
    const [tensor, second] = sent.filter(({ name }) => name === spec.name);
    if (tensor === undefined) throw invalid(`the model takes a tensor ${spec.name}`, 'inputs');
    if (second !== undefined) throw invalid(`the tensor ${spec.name} comes twice`, second.path);
    return tensorOf(tensor, spec);
  });
}

function tensorOf({ datatype, shape, path, bytes, data }: SentTensor, spec: TensorSpec): Tensor {
  const { name, type } = spec;
  const expected = DATATYPE_OF[type];
  if (datatype !== expected) {
    const details = { column: name, expected, found: shownValue(datatype) };
    throw fail('predict.wrong-type', details, { path: `${path}.datatype` });
  }
  const sizes = shapeOf(shape, `${path}.shape`);
  checkShape(spec, sizes, `${path}.shape`);
  const count = sizeOf(sizes);
  if (bytes !== undefined) return { name, type, shape: sizes, bytes: checkedBytes(type, bytes, count, path) };
  const values = flat(data, `${path}.data`);
  if (values.length !== count)
    throw invalid(`"shape" says ${count} values, and there are ${values.length}`, `${path}.shape`);
  return { name, type, shape: sizes, bytes: encodeValues(type, values, `${path}.data`) };
}

function shapeOf(shape: unknown, path: string): number[] {
  const isShape =
    Array.isArray(shape) &&
    shape.length <= 32 &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw invalid('"shape" is no list of sizes', path);
  return shape as number[];
}

function checkedBytes(type: ElementType, bytes: Uint8Array, count: number, path: string): Uint8Array {
  if (type === 'string') {
    if (countStrings(bytes) !== count)
      throw invalid(`${bytes.length} bytes do not hold ${count} values of BYTES`, path);
    checkTexts(bytes, path);
    return bytes;
  }
  const expected = count * ELEMENT_TYPES[type].bytes;
  if (bytes.length === expected) return bytes;
  throw invalid(`${count} values of ${DATATYPE_OF[type]} are ${expected} bytes, not ${bytes.length}`, path);
}

/** Values may come as one list, or as lists within lists. */
function flat(data: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(data)) throw invalid('"data" is not a list', path);
  return data.some(Array.isArray) ? (data.flat(31) as unknown[]) : data;
}

/** A body without JSON is the only input: one text, or a row whose one open size is as large as there is room for. */
export function loneTensor(body: Buffer, specs: readonly TensorSpec[]): Tensor {
  const [spec, ...more] = specs;
  if (spec === undefined || more.length > 0)
    throw invalid(
      `a body without JSON is for models of one tensor, and this takes ${specs.length}`,
      undefined,
    );
  const { name, type } = spec;
  if (type === 'string') {
    if (!isUtf8(body)) throw invalid('the body is not UTF-8', undefined);
    const shape = (spec.shape ?? ['']).map(() => 1);
    return { name, type, shape, bytes: encodeValues('string', [body.toString('utf8')], 'body') };
  }
  const [first = '', ...rest] = spec.shape ?? [''];
  const sizes = [typeof first === 'string' && rest.length > 0 ? 1 : first, ...rest];
  const open = sizes.filter((size) => typeof size === 'string');
  if (open.length > 1)
    throw invalid('a body without JSON is for tensors of one open size at most', undefined);
  const known = sizeOf(sizes.filter((size) => typeof size === 'number'));
  const left = body.length / ELEMENT_TYPES[type].bytes / known;
  const shape = sizes.map((size) => (typeof size === 'string' ? Math.floor(left) : size));
  return { name, type, shape, bytes: checkedBytes(type, body, sizeOf(shape), 'body') };
}

/** An output as it is told: as JSON or as bytes. */
export type ToldTensor = {
  name: string;
  datatype: Datatype;
  shape: readonly number[];
  bytes: Uint8Array | undefined;
  data: readonly unknown[] | TensorText;
};

/** The outputs that are asked for, in that order; all where none is named. Throws `request.invalid`. */
export function toldTensors(
  outputs: readonly Tensor[],
  wanted: readonly WantedOutput[] | undefined,
  isBinaryOutput: boolean,
): ToldTensor[] {
  const all = outputs.map(({ name }): WantedOutput => ({ name, isBinary: undefined }));
  const asked = wanted === undefined || wanted.length === 0 ? all : wanted;
  const told = new Set<string>();
  return asked.map(({ name, isBinary = isBinaryOutput }, i) => {
    const output = outputs.find((each) => each.name === name);
    if (output === undefined) throw invalid(`there is no output ${name.slice(0, 100)}`, `outputs[${i}].name`);
    // A short request must not be answered with the same large tensor many times.
    if (told.has(name)) throw invalid(`the output ${name} is asked for twice`, `outputs[${i}].name`);
    told.add(name);
    const { shape, bytes } = output;
    const head = { name, datatype: DATATYPE_OF[output.type], shape };
    return isBinary ? { ...head, bytes, data: [] } : { ...head, bytes: undefined, data: valuesOf(output) };
  });
}

/** Of a large tensor to be written when it is their turn. NaN and infinite numbers are kept. */
function valuesOf(output: Tensor): ToldTensor['data'] {
  const isLarge = output.bytes.byteLength >= LARGE_BYTES;
  return isLarge
    ? new TensorText(output, { isFlat: true, keepsNonFinite: true })
    : decodeValues(output, { keepsNonFinite: true });
}

function invalid(reason: string, path: string | undefined): SlipwayError {
  return fail('request.invalid', { reason }, path === undefined ? {} : { path });
}
