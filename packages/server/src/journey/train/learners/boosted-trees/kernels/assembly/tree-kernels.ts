/**
 * The hot loops of boosted trees, in AssemblyScript (a subset of TypeScript that compiles to WebAssembly): `tsc` does not
 * read this folder, `npm run generate` compiles it. Every pointer is a byte offset into the memory that the host imports
 * here. Additions are made in the order of the rows, as `reference-kernels.ts` makes them, so results are the same to the
 * bit.
 */

/** Bytes of a bin of a histogram: sums of gradients and of hessians and number of rows, float64 each. */
const BIN: usize = 24;

/** Bytes of an entry of the table of columns: where its bins start, and where in the histogram its own part starts. */
const COLUMN: usize = 8;

/** Lays the derivatives of rows[begin … end) side by side, float32 pairs in the order of the rows. */
export function gather(
  rows: usize,
  begin: usize,
  end: usize,
  gradient: usize,
  hessian: usize,
  pairs: usize,
): void {
  let pair = pairs + (begin << 3);
  const last = rows + (end << 2);
  for (let at = rows + (begin << 2); at < last; at += 4, pair += 8) {
    const row = (<usize>load<u32>(at)) << 2;
    store<f32>(pair, load<f32>(gradient + row));
    store<f32>(pair, load<f32>(hessian + row), 4);
  }
}

// @ts-expect-error: a decorator of AssemblyScript

function add(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin), pair));
  store<f64>(bin, load<f64>(bin, 16) + 1, 16);
}

// @ts-expect-error: a decorator of AssemblyScript

function binOf(bins: usize, row: usize, part: usize): usize {
  return part + <usize>load<u8>(bins + row) * BIN;
}

/**
 * Adds rows[begin … end) to the bins of every column, four columns at a time, since additions to different columns do not
 * wait for one another.
 */
export function accumulate(
  histogram: usize,
  columns: usize,
  count: usize,
  rows: usize,
  begin: usize,
  end: usize,
  pairs: usize,
): void {
  const first = rows + (begin << 2);
  const last = rows + (end << 2);
  const firstPair = pairs + (begin << 3);
  let column = columns;
  const stop = columns + count * COLUMN;
  for (; column + 4 * COLUMN <= stop; column += 4 * COLUMN) {
    const binsA = <usize>load<u32>(column);
    const binsB = <usize>load<u32>(column, 8);
    const binsC = <usize>load<u32>(column, 16);
    const binsD = <usize>load<u32>(column, 24);
    const partA = histogram + <usize>load<u32>(column, 4);
    const partB = histogram + <usize>load<u32>(column, 12);
    const partC = histogram + <usize>load<u32>(column, 20);
    const partD = histogram + <usize>load<u32>(column, 28);
    let pair = firstPair;
    for (let at = first; at < last; at += 4, pair += 8) {
      const row = <usize>load<u32>(at);
      const both = f64x2.promote_low_f32x4(v128.load64_zero(pair));
      add(binOf(binsA, row, partA), both);
      add(binOf(binsB, row, partB), both);
      add(binOf(binsC, row, partC), both);
      add(binOf(binsD, row, partD), both);
    }
  }
  for (; column < stop; column += COLUMN) {
    const bins = <usize>load<u32>(column);
    const part = histogram + <usize>load<u32>(column, 4);
    let pair = firstPair;
    for (let at = first; at < last; at += 4, pair += 8) {
      const both = f64x2.promote_low_f32x4(v128.load64_zero(pair));
      add(binOf(bins, <usize>load<u32>(at), part), both);
    }
  }
}

/** `larger -= smaller`, `length` float64 numbers. */
export function subtract(larger: usize, smaller: usize, length: usize): void {
  const last = larger + (length << 3);
  const lastPair = larger + ((length & ~1) << 3);
  for (; larger < lastPair; larger += 16, smaller += 16) {
    v128.store(larger, f64x2.sub(v128.load(larger), v128.load(smaller)));
  }
  if (larger < last) store<f64>(larger, load<f64>(larger) - load<f64>(smaller));
}

/**
 * Reorders rows[begin … end) so that those whose bin goes left come first, each side keeping its order, and returns where
 * the right side begins. Both writes always happen: a branch would be mispredicted half of the time.
 */
export function partition(
  rows: usize,
  begin: usize,
  end: usize,
  bins: usize,
  goesLeft: usize,
  scratch: usize,
): usize {
  const last = rows + (end << 2);
  let left = rows + (begin << 2);
  let right = scratch;
  for (let at = left; at < last; at += 4) {
    const row = load<u32>(at);
    const isLeft = (<usize>load<u8>(goesLeft + <usize>load<u8>(bins + <usize>row))) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += isLeft;
    right += 4 - isLeft;
  }
  memory.copy(left, scratch, right - scratch);
  return (left - rows) >> 2;
}
