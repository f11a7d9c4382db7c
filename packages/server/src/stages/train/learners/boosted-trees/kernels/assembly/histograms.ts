import { BIN, COLUMN, STRIDE } from './layout';

/** Rows taken at a time: what is known of them stays in the fastest caches while all columns are added up. */
const BLOCK: usize = 2048;

/** Lays what is added for rows[from … to) side by side, as in a bin: gradient, and hessian above a count of one. */
function widen(from: usize, to: usize, quanta: usize, countBits: i32, block: usize): void {
  const one = i64x2(0, 1);
  for (; from < to; from += 4, block += 16) {
    const both = i64x2.extend_low_i32x4_s(v128.load64_zero(quanta + ((<usize>load<u32>(from)) << 3)));
    const raised = i64x2.shl(both, countBits);
    v128.store(block, i64x2.add(v128.shuffle<i64>(both, raised, 0, 3), one));
  }
}

function add(part: usize, cells: usize, row: usize, value: v128): void {
  const bin = part + ((<usize>load<u8>(cells + (row << STRIDE))) << 4);
  v128.store(bin, i64x2.add(v128.load(bin), value));
}

/**
 * Adds rows[begin … end) to the bins of every column, four columns at a time, since additions to different columns do not
 * wait for one another. `block` has room for what is added of as many rows as a block has.
 */
export function accumulate(
  histogram: usize,
  columns: usize,
  count: usize,
  rows: usize,
  begin: usize,
  end: usize,
  quanta: usize,
  countBits: i32,
  block: usize,
): void {
  for (let from = begin; from < end; from += BLOCK) {
    const to = min(from + BLOCK, end);
    const first = rows + (from << 2);
    const last = rows + (to << 2);
    widen(first, last, quanta, countBits, block);
    accumulateBlock(histogram, columns, columns + count * COLUMN, first, last, block);
  }
}

function accumulateBlock(
  histogram: usize,
  column: usize,
  stop: usize,
  first: usize,
  last: usize,
  block: usize,
): void {
  for (; column + 4 * COLUMN <= stop; column += 4 * COLUMN) {
    const cellsA = <usize>load<u32>(column);
    const cellsB = <usize>load<u32>(column, 8);
    const cellsC = <usize>load<u32>(column, 16);
    const cellsD = <usize>load<u32>(column, 24);
    const partA = histogram + <usize>load<u32>(column, 4);
    const partB = histogram + <usize>load<u32>(column, 12);
    const partC = histogram + <usize>load<u32>(column, 20);
    const partD = histogram + <usize>load<u32>(column, 28);
    let wide = block;
    for (let at = first; at < last; at += 4, wide += 16) {
      const row = <usize>load<u32>(at);
      const value = v128.load(wide);
      add(partA, cellsA, row, value);
      add(partB, cellsB, row, value);
      add(partC, cellsC, row, value);
      add(partD, cellsD, row, value);
    }
  }
  for (; column < stop; column += COLUMN) {
    const cells = <usize>load<u32>(column);
    const part = histogram + <usize>load<u32>(column, 4);
    let wide = block;
    for (let at = first; at < last; at += 4, wide += 16) {
      add(part, cells, <usize>load<u32>(at), v128.load(wide));
    }
  }
}

export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

/** `larger -= smaller`, of whole bins. */
export function subtract(larger: usize, smaller: usize, bytes: usize): void {
  const last = larger + bytes;
  for (; larger < last; larger += 16, smaller += 16) {
    v128.store(larger, i64x2.sub(v128.load(larger), v128.load(smaller)));
  }
}

/** `into += other`, of whole bins. */
export function merge(into: usize, other: usize, bytes: usize): void {
  const last = into + bytes;
  for (; into < last; into += 16, other += 16) {
    v128.store(into, i64x2.add(v128.load(into), v128.load(other)));
  }
}

/**
 * Copies a member's bins out of its bundle's; its usual bin is what the others leave of the node's sums. The member's
 * other bins follow one another in the bundle from `first` on.
 */
export function unbundle(
  node: usize,
  bundle: usize,
  first: usize,
  part: usize,
  bins: usize,
  usual: usize,
): void {
  let left = v128.load(node);
  let from = bundle + first * BIN;
  for (let bin: usize = 0; bin < bins; bin++) {
    if (bin === usual) continue;
    const value = v128.load(from);
    v128.store(part + bin * BIN, value);
    left = i64x2.sub(left, value);
    from += BIN;
  }
  v128.store(part + usual * BIN, left);
}
