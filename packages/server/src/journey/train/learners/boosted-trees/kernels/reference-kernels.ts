import { BIN_WIDTH } from '../histogram-layout.ts';

/** What the kernels of `tree-kernels.ts` do, in plain words: tests and benchmarks hold them to it. */

/** One feature to accumulate: its bins by row, and where its bins start in the histogram. */
export type BinColumn = { bins: Uint8Array; offset: number };

/** Adds rows[begin … end) to the bins of every column. */
export function accumulateReference(
  histogram: Float64Array,
  columns: readonly BinColumn[],
  rows: Int32Array,
  begin: number,
  end: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  for (const { bins, offset } of columns) {
    for (let i = begin; i < end; i++) {
      const row = rows[i]!;
      const at = offset + bins[row]! * BIN_WIDTH;
      histogram[at]! += gradient[row]!;
      histogram[at + 1]! += hessian[row]!;
      histogram[at + 2]! += 1;
    }
  }
}

/** `larger -= smaller`. */
export function subtractReference(larger: Float64Array, smaller: Float64Array): void {
  for (let i = 0; i < larger.length; i++) larger[i]! -= smaller[i]!;
}

/** Reorders rows[begin … end): first those that go left, then the others. Returns where the others begin. */
export function partitionReference(
  rows: Int32Array,
  begin: number,
  end: number,
  bins: Uint8Array,
  goesLeft: Uint8Array,
): number {
  const part = Array.from(rows.subarray(begin, end));
  const left = part.filter((row) => goesLeft[bins[row]!] === 1);
  rows.set([...left, ...part.filter((row) => goesLeft[bins[row]!] === 0)], begin);
  return begin + left.length;
}
