import type { DenseInputs } from '../model.ts';

/** Numbers further out than this many scales are cut, so that the square of what is bent stays finite. */
export const FURTHEST = 1000;

/** Where bending sets in: no input is larger than this. */
export const BEND = 3;

/** How many numbers the dense inputs are. */
export function denseWidth({ numbers, categories }: DenseInputs): number {
  const flags = numbers.filter(({ flag }) => flag).length;
  return categories.reduce((sum, { rows }) => sum + rows[0]!.length, numbers.length + flags);
}

/** Nearly `z` around 0, never beyond ±{@link BEND}. */
export function bend(z: number): number {
  const cut = z > FURTHEST ? FURTHEST : z < -FURTHEST ? -FURTHEST : z;
  const share = cut / BEND;
  return cut / Math.sqrt(1 + share * share);
}

/** Writes the dense inputs of one row from `into[at]` on; `x` has the features that the inputs name. */
export function fillDense(
  { numbers, categories }: DenseInputs,
  x: ArrayLike<number>,
  into: Float64Array | Float32Array,
  at: number,
): void {
  let flagAt = at + numbers.length;
  for (let n = 0; n < numbers.length; n++) {
    const { feature, center, scale, flag } = numbers[n]!;
    const value = x[feature]!;
    const missing = Number.isNaN(value);
    into[at + n] = missing ? 0 : bend((value - center) / scale);
    if (flag) into[flagAt++] = missing ? 1 : 0;
  }
  let place = flagAt;
  for (let c = 0; c < categories.length; c++) {
    const { feature, rows } = categories[c]!;
    const code = x[feature]!;
    const row = rows[Number.isNaN(code) ? rows.length - 1 : code]!;
    for (let i = 0; i < row.length; i++) into[place + i] = row[i]!;
    place += row.length;
  }
}
