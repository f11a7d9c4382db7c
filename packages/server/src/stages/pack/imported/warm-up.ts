import type { Dimension, ElementType, Tensor, TensorSpec } from './model.ts';
import { ELEMENT_TYPES, sizeOf } from './model.ts';
import { encodeStrings } from './tensor-values.ts';

/** Sizes tried for axes that the graph leaves open (besides the rows): text of one word, small and usual images. */
export const OPEN_SIZES = [1, 8, 32, 224, 64, 128, 256];

/** Values that a warm-up input may have: larger ones are for the caller's example. */
const MOST_VALUES = 2 ** 24;

/** The shape with `rows` for an open first axis and `size` for every other open one. */
export function concreteShape(shape: readonly Dimension[] | null, rows: number, size: number): number[] {
  return (shape ?? ['', '']).map((each, axis) =>
    typeof each === 'number' ? each : axis === 0 ? rows : size,
  );
}

/**
 * An input made from a graph's shapes: numbers between 0 and 1, whole numbers 0 and 1 (which every table of words has),
 * short texts. The same every time, and row by row different. Undefined where it would be too large.
 */
export function madeInputs(specs: readonly TensorSpec[], rows: number, size: number): Tensor[] | undefined {
  const shapes = specs.map(({ shape }) => concreteShape(shape, rows, size));
  if (shapes.some((shape) => sizeOf(shape) > MOST_VALUES)) return undefined;
  return specs.map(({ name, type }, i) => {
    const shape = shapes[i]!;
    return { name, type, shape, bytes: madeBytes(type, sizeOf(shape)) };
  });
}

function madeBytes(type: ElementType, count: number): Uint8Array {
  const share = fractions();
  if (type === 'string')
    return encodeStrings(
      Array.from({ length: count }, () => WORDS[Math.floor(share() * WORDS.length)]),
      '',
    );
  const bytes = new Uint8Array(count * ELEMENT_TYPES[type].bytes);
  const view = new DataView(bytes.buffer);
  const write = WRITERS[type];
  for (let i = 0; i < count; i++) write(view, i, share());
  return bytes;
}

const WORDS = ['a', 'good', 'day', '1'];

type Writer = (view: DataView, i: number, share: number) => void;

const bit = (share: number) => (share < 0.5 ? 0 : 1);
/** float16 of 0.25, 0.5 and so on, whose bits are easily made: exponents alone. */
const HALVES = [0x3400, 0x3800, 0x3a00, 0x2c00];

const WRITERS: Record<Exclude<ElementType, 'string'>, Writer> = {
  float64: (view, i, share) => view.setFloat64(i * 8, share, true),
  float32: (view, i, share) => view.setFloat32(i * 4, share, true),
  float16: (view, i, share) => view.setUint16(i * 2, HALVES[Math.floor(share * HALVES.length)]!, true),
  int8: (view, i, share) => view.setInt8(i, bit(share)),
  uint8: (view, i, share) => view.setUint8(i, bit(share)),
  bool: (view, i, share) => view.setUint8(i, bit(share)),
  int16: (view, i, share) => view.setInt16(i * 2, bit(share), true),
  uint16: (view, i, share) => view.setUint16(i * 2, bit(share), true),
  int32: (view, i, share) => view.setInt32(i * 4, bit(share), true),
  uint32: (view, i, share) => view.setUint32(i * 4, bit(share), true),
  int64: (view, i, share) => view.setBigInt64(i * 8, BigInt(bit(share)), true),
  uint64: (view, i, share) => view.setBigUint64(i * 8, BigInt(bit(share)), true),
};

/** Numerical Recipes' linear congruential generator: no chance in it. */
function fractions(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
