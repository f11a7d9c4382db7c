/**
 * Keys that order as float32 values do, as int32. Missing gets a key below or above every number, so a split
 * `x <= t` with a default direction for NaN becomes one integer comparison without a special case.
 *
 * The bits of an IEEE 754 float order as a sign-magnitude integer; flipping the magnitude of negatives makes them
 * two's complement (Terdiman, "Radix Sort Revisited", 2000).
 */
export const KEY_MISSING_LOW = -0x80000000;
export const KEY_MISSING_HIGH = 0x7fffffff;

/** The key of a float32 given as its bits; not for NaN. Minus zero counts as zero. */
export function keyOfBits(bits: number): number {
  return bits === -0x80000000 ? 0 : bits ^ ((bits >> 31) & 0x7fffffff);
}

const cell = new Float32Array(1);
const cellBits = new Int32Array(cell.buffer);

/**
 * The key of a threshold: `keyOf(x) > thresholdKey(t)` exactly when `!(x <= t)`, for every float32 x.
 * A threshold that is not a float32 is lowered to the next one, which splits the float32 values the same way.
 * A NaN threshold sends every number right.
 */
export function thresholdKey(threshold: number): number {
  if (Number.isNaN(threshold)) return KEY_MISSING_LOW;
  cell[0] = floorToFloat32(threshold);
  return keyOfBits(cellBits[0]!);
}

const SMALLEST_FLOAT32 = 2 ** -149;

/** The largest float32 that is not above `value`. */
export function floorToFloat32(value: number): number {
  const rounded = Math.fround(value);
  if (!(rounded > value)) return rounded;
  if (rounded === 0) return -SMALLEST_FLOAT32;
  cell[0] = rounded;
  const key = keyOfBits(cellBits[0]!) - 1;
  cellBits[0] = key ^ ((key >> 31) & 0x7fffffff);
  return cell[0];
}
