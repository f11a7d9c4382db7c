import { STRIDE } from './layout';

/** The largest size of a gradient, and after it of a hessian, of rows[begin … end), float64 at `into`. */
export function largest(
  rows: usize,
  begin: usize,
  end: usize,
  gradient: usize,
  hessian: usize,
  into: usize,
): void {
  let g: f32 = 0;
  let h: f32 = 0;
  const last = rows + (end << 2);
  for (let at = rows + (begin << 2); at < last; at += 4) {
    const row = (<usize>load<u32>(at)) << 2;
    g = max(g, abs(load<f32>(gradient + row)));
    h = max(h, load<f32>(hessian + row));
  }
  store<f64>(into, <f64>g);
  store<f64>(into, <f64>h, 8);
}

/**
 * Turns the derivatives of rows[begin … end) into whole numbers of their units, int32 pairs by row, and writes their sums
 * as in a bin to `into`.
 */
export function quantise(
  rows: usize,
  begin: usize,
  end: usize,
  gradient: usize,
  hessian: usize,
  perGradient: f64,
  perHessian: f64,
  countBits: i32,
  quanta: usize,
  into: usize,
): void {
  let sumG: i64 = 0;
  let sumH: i64 = 0;
  const last = rows + (end << 2);
  for (let at = rows + (begin << 2); at < last; at += 4) {
    const row = <usize>load<u32>(at);
    const g = <i32>nearest(<f64>load<f32>(gradient + (row << 2)) * perGradient);
    const h = <i32>nearest(<f64>load<f32>(hessian + (row << 2)) * perHessian);
    store<i32>(quanta + (row << 3), g);
    store<i32>(quanta + (row << 3), h, 4);
    sumG += <i64>g;
    sumH += <i64>h;
  }
  store<i64>(into, sumG);
  store<i64>(into, (sumH << countBits) | <i64>(end - begin), 8);
}

/**
 * Parts rows[begin … end): those whose bin goes left are written from `left` on, the others from `right` on, each side in
 * its order. Returns how many go left. `left` may be where the rows are read from. Both writes always happen: a branch
 * would be mispredicted half of the time.
 */
export function part(
  rows: usize,
  begin: usize,
  end: usize,
  cells: usize,
  goesLeft: usize,
  left: usize,
  right: usize,
): usize {
  const last = rows + (end << 2);
  const first = left;
  for (let at = rows + (begin << 2); at < last; at += 4) {
    const row = load<u32>(at);
    const isLeft = (<usize>load<u8>(goesLeft + <usize>load<u8>(cells + ((<usize>row) << STRIDE)))) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += isLeft;
    right += 4 - isLeft;
  }
  return (left - first) >> 2;
}

export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** Adds a leaf's score to the margins (float64, `outputs` to a row) of rows[begin … end). */
export function addScore(
  margins: usize,
  outputs: usize,
  output: usize,
  rows: usize,
  begin: usize,
  end: usize,
  score: f64,
): void {
  const last = rows + (end << 2);
  const first = margins + (output << 3);
  for (let at = rows + (begin << 2); at < last; at += 4) {
    const margin = first + ((<usize>load<u32>(at) * outputs) << 3);
    store<f64>(margin, load<f64>(margin) + score);
  }
}
