/** Fewer numbers than this are sorted as quickly by the engine's own sort. */
const FEW = 2048;

const DIGIT_BITS = 11;
const DIGITS = 3;

/**
 * Sorts float32 numbers in place, without NaN: by three digits of 11 bits, lowest first, of whole numbers that are in the
 * same order. Several times faster than comparing.
 */
export function sortFloats(values: Float32Array): Float32Array {
  if (values.length < FEW) return values.sort();
  let from: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let to: Uint32Array = new Uint32Array(values.length);
  for (let i = 0; i < from.length; i++) from[i] = ordered(from[i]!);
  for (let digit = 0; digit < DIGITS; digit++) {
    sortByDigit(from, to, digit * DIGIT_BITS);
    [from, to] = [to, from];
  }
  const sorted = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = unordered(from[i]!);
  return values;
}

/** Bits of a float as a whole number that is larger when the float is: negative ones turned over, the others above them. */
function ordered(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

function unordered(bits: number): number {
  return (bits & 0x80000000 ? bits & 0x7fffffff : ~bits) >>> 0;
}

function sortByDigit(from: Uint32Array, to: Uint32Array, shift: number): void {
  const mask = (1 << DIGIT_BITS) - 1;
  const starts = new Uint32Array(mask + 2);
  for (let i = 0; i < from.length; i++) starts[((from[i]! >>> shift) & mask) + 1]!++;
  for (let d = 0; d < mask; d++) starts[d + 1]! += starts[d]!;
  for (let i = 0; i < from.length; i++) {
    const digit = (from[i]! >>> shift) & mask;
    to[starts[digit]!++] = from[i]!;
  }
}
