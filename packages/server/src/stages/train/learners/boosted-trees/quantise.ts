import { type Grower, share } from './grower.ts';
import { RESULT_BYTES } from './jobs.ts';
import { SETTINGS } from './kernels/kernel-layout.ts';

/** Rows from which their derivatives are worth sharing out. */
const MANY_ROWS = 16_384;

/** Bits of a derivative at most: what the kernel reads is 32 bits wide, signed. */
const MOST_BITS = 30;
/** Bits of a sum at most, so that a float64 number holds it exactly. */
const MOST_SUM_BITS = 50;

/**
 * Turns the derivatives of a tree's rows into whole numbers and gives node 0 their sums. Units are powers of two, so small
 * that the largest takes 30 bits, fewer where a sum would not fit: float64 numbers have to hold sums exactly, and those of
 * hessians share 62 bits with the count of rows. Whole numbers add up to the same in any order, and a parent less one child is the other to the
 * bit, so that nothing depends on how many threads there are.
 */
export function quantiseRows(grower: Grower, output: number, rows: Int32Array): void {
  const { jobs, settings, results, nodes, kernels } = grower;
  const { gradient, hessian } = grower.derivatives[output]!;
  const many = rows.length >= MANY_ROWS;
  const given = {
    rows: rows.byteOffset,
    count: rows.length,
    gradient: gradient.byteOffset,
    hessian: hessian.byteOffset,
    results,
  };
  const largest = resultsOf(grower, share(grower, jobs.findLargest, given, many));
  const rowBits = Math.ceil(Math.log2(rows.length + 1));
  const countBits = Math.max(1, rowBits);
  const bits = Math.min(MOST_BITS, MOST_SUM_BITS - rowBits);
  const perGradient = unitsIn(Math.max(...largest.map(([gradient]) => gradient!)), bits);
  const perHessian = unitsIn(
    Math.max(...largest.map(([, hessian]) => hessian!)),
    Math.min(bits, 62 - countBits - rowBits),
  );
  settings.numbers[SETTINGS.gradientUnit] = 1 / perGradient;
  settings.numbers[SETTINGS.hessianUnit] = 1 / perHessian;
  settings.whole[SETTINGS.countBits] = countBits;
  const quanta = { ...given, perGradient, perHessian, countBits, quanta: grower.quanta };
  const parts = share(grower, jobs.quantise, quanta, many);
  kernels.clear(nodes.at(0), 16);
  for (let part = 0; part < parts; part++) kernels.merge(nodes.at(0), results + part * RESULT_BYTES, 16);
  kernels.describeNode(nodes.at(0), settings.numbers.byteOffset);
}

/** The power of two that makes `largest` a whole number of so many bits. */
function unitsIn(largest: number, bits: number): number {
  return largest > 0 ? 2 ** (bits - 1 - Math.ceil(Math.log2(largest))) : 1;
}

function resultsOf({ results, arena }: Grower, parts: number): Float64Array[] {
  return Array.from(
    { length: parts },
    (_, part) => new Float64Array(arena.memory.buffer, results + part * RESULT_BYTES, 2),
  );
}
