/** The largest number that a half can hold. */
export const LARGEST_HALF = 65_504;

/** IEEE 754 halves as their bits, rounded to the nearest, ties to even. Larger numbers become infinite. */
export function toHalf(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values as ArrayLike<number>, halfBits);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function halfBits(value: number): number {
  float[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = all & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x477f_f000) return sign | 0x7c00; // rounds to infinity
  if (magnitude < 0x3880_0000) {
    // Too small for an exponent: multiples of 2^-24.
    const whole = Math.abs(float[0]!) * 2 ** 24;
    const floor = Math.floor(whole);
    const rest = whole - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13);
}

/** The number that the bits of a half stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
