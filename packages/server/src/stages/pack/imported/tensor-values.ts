import { fail } from '@slipway/contract';
import { exactInteger, exactJson, shownValue } from '../../../kernel/index.ts';
import { fromFloat16, toFloat16 } from './half-floats.ts';
import { ELEMENT_TYPES, type ElementType, sizeOf, type Tensor } from './model.ts';

/** A value of a tensor in JSON; null stands for not a number, a bigint for a whole number beyond 2^53. */
export type TensorValue = number | bigint | string | boolean | null;
export type Nested = TensorValue | readonly Nested[];

type NumberType = Exclude<ElementType, 'string' | 'bool' | 'int64' | 'uint64'>;
type Codec = {
  set: (view: DataView, at: number, value: number) => void;
  get: (view: DataView, at: number) => number;
  /** Whole numbers that fit; undefined for floating point, which takes every number and null. */
  range?: readonly [low: number, high: number];
};

const CODECS: Record<NumberType, Codec> = {
  float16: {
    set: (v, at, x) => v.setUint16(at, toFloat16(x), true),
    get: (v, at) => fromFloat16(v.getUint16(at, true)),
  },
  float64: { set: (v, at, x) => v.setFloat64(at, x, true), get: (v, at) => v.getFloat64(at, true) },
  float32: { set: (v, at, x) => v.setFloat32(at, x, true), get: (v, at) => v.getFloat32(at, true) },
  int8: { set: (v, at, x) => v.setInt8(at, x), get: (v, at) => v.getInt8(at), range: [-128, 127] },
  uint8: { set: (v, at, x) => v.setUint8(at, x), get: (v, at) => v.getUint8(at), range: [0, 255] },
  int16: {
    set: (v, at, x) => v.setInt16(at, x, true),
    get: (v, at) => v.getInt16(at, true),
    range: [-(2 ** 15), 2 ** 15 - 1],
  },
  uint16: {
    set: (v, at, x) => v.setUint16(at, x, true),
    get: (v, at) => v.getUint16(at, true),
    range: [0, 2 ** 16 - 1],
  },
  int32: {
    set: (v, at, x) => v.setInt32(at, x, true),
    get: (v, at) => v.getInt32(at, true),
    range: [-(2 ** 31), 2 ** 31 - 1],
  },
  uint32: {
    set: (v, at, x) => v.setUint32(at, x, true),
    get: (v, at) => v.getUint32(at, true),
    range: [0, 2 ** 32 - 1],
  },
};

type LongCodec = {
  set: (view: DataView, at: number, value: bigint) => void;
  get: (view: DataView, at: number) => bigint;
  range: readonly [low: bigint, high: bigint];
};

const LONG_CODECS: Record<'int64' | 'uint64', LongCodec> = {
  int64: {
    set: (v, at, x) => v.setBigInt64(at, x, true),
    get: (v, at) => v.getBigInt64(at, true),
    range: [-(2n ** 63n), 2n ** 63n - 1n],
  },
  uint64: {
    set: (v, at, x) => v.setBigUint64(at, x, true),
    get: (v, at) => v.getBigUint64(at, true),
    range: [0n, 2n ** 64n - 1n],
  },
};

/** Axes of a tensor. */
const DEEPEST = 32;

const utf8 = { encode: new TextEncoder(), decode: new TextDecoder() };

/**
 * Values as a tensor's bytes. Whole numbers must be whole and fit, as numbers up to 2^53 and as bigint; null is not a
 * number, of floating point only, which may also be infinite. Throws `request.invalid` with `path[i]`.
 */
export function encodeValues(type: ElementType, values: readonly unknown[], path: string): Uint8Array {
  if (type === 'string') return encodeStrings(values, path);
  if (type === 'bool') return Uint8Array.from(values, (value, i) => booleanOf(value, `${path}[${i}]`));
  if (type === 'int64' || type === 'uint64') return encodeLongs(type, values, path);
  const { set, range } = CODECS[type];
  const { bytes } = ELEMENT_TYPES[type];
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'number' && isTaken(value, range) && (type !== 'float16' || isHalf(value)))
      set(view, i * bytes, value);
    else if (typeof value === 'bigint' && range === undefined) set(view, i * bytes, Number(value));
    else if (value === null && range === undefined) set(view, i * bytes, Number.NaN);
    else throw wrongValue(type, value, `${path}[${i}]`);
  }
  return new Uint8Array(view.buffer);
}

function encodeLongs(type: 'int64' | 'uint64', values: readonly unknown[], path: string): Uint8Array {
  const { set, range } = LONG_CODECS[type];
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof whole !== 'bigint' || whole < range[0] || whole > range[1])
      throw wrongValue(type, value, `${path}[${i}]`);
    set(view, i * 8, whole);
  }
  return new Uint8Array(view.buffer);
}

/**
 * The values of a tensor: whole numbers beyond 2^53 are bigint, and what is no finite number is null unless
 * `keepsNonFinite`.
 */
export function decodeValues(
  { type, shape, bytes }: Omit<Tensor, 'name'>,
  { keepsNonFinite = false }: { keepsNonFinite?: boolean } = {},
): TensorValue[] {
  if (type === 'string') return decodeStrings(bytes);
  if (type === 'bool') return Array.from(bytes, (byte) => byte !== 0);
  const step = ELEMENT_TYPES[type].bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: TensorValue[] = new Array(sizeOf(shape));
  if (type === 'int64' || type === 'uint64') {
    const { get } = LONG_CODECS[type];
    for (let i = 0; i < values.length; i++) values[i] = exactInteger(get(view, i * step));
    return values;
  }
  const { get } = CODECS[type];
  for (let i = 0; i < values.length; i++) {
    const value = get(view, i * step);
    values[i] = keepsNonFinite || Number.isFinite(value) ? value : null;
  }
  return values;
}

/** How often a string tensor's lengths hold: as many texts as the shape has values. Undefined where they do not. */
export function countStrings(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  let at = 0;
  for (; at + 4 <= bytes.byteLength; count++) at += 4 + view.getUint32(at, true);
  return at === bytes.byteLength ? count : undefined;
}

export function decodeStrings(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    texts.push(utf8.decode.decode(bytes.subarray(start, at)));
  }
  return texts;
}

/** In a text that is read by code points, what is left of a pair. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws `request.invalid` for what is no text, or not one that UTF-8 has. */
export function encodeStrings(values: readonly unknown[], path: string): Uint8Array {
  const parts = values.map((value, i) => {
    if (typeof value !== 'string') throw wrongValue('string', value, `${path}[${i}]`);
    if (LONE_SURROGATE.test(value)) {
      const reason = 'a text holds half of a surrogate pair, which UTF-8 does not have';
      throw fail('request.invalid', { reason }, { path: `${path}[${i}]` });
    }
    return utf8.encode.encode(value);
  });
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + 4 + byteLength, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.byteLength, true);
    whole.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return whole;
}

/** Nested lists as one list and their shape. Throws `request.invalid` where they are not as regular as a tensor. */
export function flattenNested(value: Nested, path: string): { shape: number[]; values: TensorValue[] } {
  const shape: number[] = [];
  for (let at: Nested | undefined = value; Array.isArray(at); at = at[0] as Nested | undefined)
    shape.push(at.length);
  if (shape.length > DEEPEST) throw ragged(path);
  const values: TensorValue[] = [];
  const take = (each: Nested, depth: number): void => {
    if (!Array.isArray(each)) {
      if (depth !== shape.length) throw ragged(path);
      values.push(each as TensorValue);
      return;
    }
    if (each.length !== shape[depth]) throw ragged(path);
    for (const inner of each) take(inner, depth + 1);
  };
  take(value, 0);
  return { shape, values };
}

function isTaken(value: number, range: Codec['range']): boolean {
  if (range === undefined) return true;
  return Number.isInteger(value) && value >= range[0] && value <= range[1];
}

/** Larger numbers would become infinite. */
function isHalf(value: number): boolean {
  return Number.isFinite(fromFloat16(toFloat16(value)));
}

function booleanOf(value: unknown, path: string): 0 | 1 {
  if (typeof value !== 'boolean') throw wrongValue('bool', value, path);
  return value ? 1 : 0;
}

function wrongValue(type: ElementType, value: unknown, path: string): Error {
  const shown = value === undefined ? 'nothing' : shownJson(value);
  return fail('request.invalid', { reason: `${shown} is no ${type}` }, { path });
}

function shownJson(value: unknown): string {
  return typeof value === 'object' ? shownValue(value) : exactJson(value).slice(0, 40);
}

function ragged(path: string): Error {
  return fail('request.invalid', { reason: 'the lists are not of equal lengths' }, { path });
}
