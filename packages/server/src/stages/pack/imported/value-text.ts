import { fromFloat16 } from './half-floats.ts';
import { ELEMENT_TYPES, type ElementType, sizeOf, type Tensor } from './model.ts';
import { decodeStrings } from './tensor-values.ts';

/**
 * Values of a tensor that follow one another, to be written as JSON: `bytes` holds those from place `first` on. `lists` are the
 * sizes of the lists they stand in, in values, the innermost first: of rows of shape [3, 4] that is 4 and 12; none for one flat
 * list, whose brackets are somebody else's.
 */
export type ValueRun = {
  type: ElementType;
  bytes: Uint8Array;
  first: number;
  lists: readonly number[];
  /** Whether NaN and infinite numbers are written as these tokens, which JSON has not, in place of null. */
  keepsNonFinite?: boolean;
};

/**
 * The JSON of a run, with a comma before it unless it is the first: the runs of a tensor, one after the other, are what
 * `JSON.stringify` makes of its values, but that whole numbers of 64 bits keep all their digits. What is no finite number is null
 * unless the run keeps it.
 */
export function valueText({ type, bytes, first, lists, keepsNonFinite = false }: ValueRun): string {
  const values = TEXTS[type](bytes, keepsNonFinite);
  const [innermost] = lists;
  const comma = first === 0 ? '' : ',';
  if (innermost === undefined) return comma + values.text(0, values.count);
  const end = first + values.count;
  let text = '';
  for (let at = first; at < end; ) {
    const next = Math.min(end, (Math.floor(at / innermost) + 1) * innermost);
    const opened = lists.filter((size) => at % size === 0).length;
    const closed = lists.filter((size) => next % size === 0).length;
    const inner = values.text(at - first, next - first);
    text += `${at === 0 ? '' : ','}${'['.repeat(opened)}${inner}${']'.repeat(closed)}`;
    at = next;
  }
  return text;
}

type Values = { count: number; text: (from: number, to: number) => string };

function listed(values: readonly unknown[]): Values {
  return {
    count: values.length,
    text: (from, to) => JSON.stringify(values.slice(from, to)).slice(1, -1),
  };
}

type Numbers = { length: number; subarray(from: number, to: number): ArrayLike<number> & Iterable<number> };

function numbers(values: Numbers, keepsNonFinite = false): Values {
  return {
    count: values.length,
    // Finite numbers are written alike by both.
    text: (from, to) => {
      const own = Array.from(values.subarray(from, to));
      return keepsNonFinite ? own.join(',') : JSON.stringify(own).slice(1, -1);
    },
  };
}

function digits(values: BigInt64Array | BigUint64Array): Values {
  return { count: values.length, text: (from, to) => values.subarray(from, to).join(',') };
}

const TEXTS: Record<ElementType, (bytes: Uint8Array, keepsNonFinite: boolean) => Values> = {
  float32: (bytes, keeps) => numbers(new Float32Array(aligned(bytes)), keeps),
  float64: (bytes, keeps) => numbers(new Float64Array(aligned(bytes)), keeps),
  float16: (bytes, keeps) => numbers(Float64Array.from(new Uint16Array(aligned(bytes)), fromFloat16), keeps),
  int8: (bytes) => numbers(new Int8Array(aligned(bytes))),
  uint8: (bytes) => numbers(bytes),
  int16: (bytes) => numbers(new Int16Array(aligned(bytes))),
  uint16: (bytes) => numbers(new Uint16Array(aligned(bytes))),
  int32: (bytes) => numbers(new Int32Array(aligned(bytes))),
  uint32: (bytes) => numbers(new Uint32Array(aligned(bytes))),
  int64: (bytes) => digits(new BigInt64Array(aligned(bytes))),
  uint64: (bytes) => digits(new BigUint64Array(aligned(bytes))),
  bool: (bytes) => listed(Array.from(bytes, (byte) => byte !== 0)),
  string: (bytes) => listed(decodeStrings(bytes)),
};

/** The bytes alone, where an array of any numbers may lie over them. */
function aligned({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  if (byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** Characters of a value and its comma at most; a float as `-1.2345678901234567e-308`. */
const LONGEST: Record<Exclude<ElementType, 'string'>, number> = {
  float32: 25,
  float64: 25,
  float16: 25,
  int8: 5,
  uint8: 4,
  int16: 7,
  uint16: 6,
  int32: 12,
  uint32: 11,
  int64: 21,
  uint64: 21,
  bool: 6,
};

/** Bytes of the JSON of a tensor's values at most, brackets included. */
export function mostTextBytes({ type, shape, bytes }: Pick<Tensor, 'type' | 'shape' | 'bytes'>): number {
  const values = sizeOf(shape);
  const brackets = 2 * (shape.length + 1) * (values + 1);
  // A byte of a text is at most `\u00xx`, and each text has its quotes and comma.
  if (type === 'string') return 6 * bytes.byteLength + 3 * values + brackets;
  const inner = shape.at(-1) ?? 1;
  const lists = 2 * shape.length * (values / Math.max(1, inner) + 1);
  return LONGEST[type] * values + lists;
}

/** The values of a tensor as runs of about so many bytes, each with a copy of its bytes that is its own. */
export function* valueRuns(
  { type, bytes }: Pick<Tensor, 'type' | 'bytes'>,
  { lists, keepsNonFinite = false }: { lists: readonly number[]; keepsNonFinite?: boolean },
  bytesEach: number,
): Generator<ValueRun> {
  const size = ELEMENT_TYPES[type].bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let first = 0;
  for (let at = 0; at < bytes.byteLength; ) {
    const from = at;
    const start = first;
    if (type === 'string') {
      for (; at < bytes.byteLength && at - from < bytesEach; first++) at += 4 + view.getUint32(at, true);
    } else {
      const count = Math.min(Math.ceil(bytesEach / size), (bytes.byteLength - at) / size);
      at += count * size;
      first += count;
    }
    yield {
      type,
      bytes: Uint8Array.prototype.slice.call(bytes, from, at),
      first: start,
      lists,
      keepsNonFinite,
    };
  }
}

/** The sizes of the lists in which values of a row of the shape stand, in values, the innermost first; of no axes none. */
export function listSizes(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis))).reverse();
}
