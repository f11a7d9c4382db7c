import { type Constant, ELEMENT } from './graph.ts';

type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Uint16Array;

export function dimsOf({ dims }: Constant): number[] {
  return dims.map(Number);
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Bytes of the values. */
export function bytesOf(constant: Constant): number {
  if (constant.stringData !== undefined && constant.stringData.length > 0)
    return constant.stringData.reduce((sum, text) => sum + text.byteLength, 0);
  return rawBytes(constant).byteLength;
}

/** The values of a float32 constant; undefined for other types. */
export function floatsOf(constant: Constant | undefined): Float32Array | undefined {
  if (constant?.dataType !== ELEMENT.float32) return undefined;
  if (constant.floatData !== undefined && constant.floatData.length > 0)
    return Float32Array.from(constant.floatData);
  return new Float32Array(aligned(constant.rawData));
}

/** The bytes of the values as `rawData` has them, whichever field they lie in; none where they are texts, or lie in no field. */
export function rawBytes(constant: Constant): Uint8Array {
  const { floatData = [], int32Data = [], int64Data = [], uint64Data = [], doubleData = [] } = constant;
  if (floatData.length > 0) return viewOf(Float32Array.from(floatData));
  if (doubleData.length > 0) return viewOf(Float64Array.from(doubleData));
  if (int64Data.length > 0) return viewOf(BigInt64Array.from(int64Data, BigInt));
  if (uint64Data.length > 0) return viewOf(unsigned(constant.dataType, uint64Data));
  if (int32Data.length > 0) return viewOf(narrowed(constant.dataType, int32Data));
  return constant.rawData ?? new Uint8Array(0);
}

const SIXTEEN_BITS: ReadonlySet<number> = new Set([
  ELEMENT.uint16,
  ELEMENT.int16,
  ELEMENT.float16,
  ELEMENT.bfloat16,
]);

/** Small types lie in fields of 32 bits. */
function narrowed(dataType: number, values: readonly number[]): Numbers {
  if (dataType === ELEMENT.int8) return Int8Array.from(values);
  if (dataType === ELEMENT.uint8 || dataType === ELEMENT.bool) return Uint8Array.from(values);
  if (SIXTEEN_BITS.has(dataType)) return Uint16Array.from(values);
  return Int32Array.from(values);
}

function unsigned(dataType: number, values: readonly (number | string)[]): Numbers {
  if (dataType === ELEMENT.uint32) return Uint32Array.from(values, Number);
  return BigUint64Array.from(values, BigInt);
}

export function floatConstant(values: ArrayLike<number>, dims: number[] = [values.length]): Constant {
  return { dims, dataType: ELEMENT.float32, rawData: viewOf(Float32Array.from(values)) };
}

export function integerConstant(values: readonly number[], dims: number[] = [values.length]): Constant {
  return { dims, dataType: ELEMENT.int64, rawData: viewOf(BigInt64Array.from(values, BigInt)) };
}

export function rawConstant(type: keyof typeof ELEMENT, values: Numbers, dims: number[]): Constant {
  return { dims, dataType: ELEMENT[type], rawData: viewOf(values) };
}

function viewOf(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A copy, since arrays of wider types begin at multiples of their size (and a Buffer's `slice` is none). */
function aligned(bytes: Uint8Array = new Uint8Array(0)): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
