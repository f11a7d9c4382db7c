/**
 * The hot kernels over histograms. A bin is three numbers side by side: sum of gradients, sum of hessians, rows.
 * They know nothing of trees, so that a faster implementation can take their place one for one.
 */
export const BIN_WIDTH = 3;

/**
 * Adds rows[begin … end) to the bins of one feature, which start at `offset` of `histogram`. `gradient` and `hessian` are
 * in the order of `rows` and start at `begin` too.
 */
export function accumulate(
  histogram: Float64Array,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  begin: number,
  end: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  for (let i = begin; i < end; i++) {
    const at = offset + bins[rows[i]!]! * BIN_WIDTH;
    histogram[at]! += gradient[i]!;
    histogram[at + 1]! += hessian[i]!;
    histogram[at + 2]! += 1;
  }
}

/** As {@link accumulate} where every hessian is 1: rows are counted once and stand for both. */
export function accumulateUnitHessian(
  histogram: Float64Array,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  begin: number,
  end: number,
  gradient: Float32Array,
): void {
  for (let i = begin; i < end; i++) {
    const at = offset + bins[rows[i]!]! * BIN_WIDTH;
    histogram[at]! += gradient[i]!;
    histogram[at + 2]! += 1;
  }
}

/** Completes bins [from, to) of a histogram made by {@link accumulateUnitHessian}. */
export function hessiansFromRows(histogram: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at += BIN_WIDTH) histogram[at + 1] = histogram[at + 2]!;
}

/** `larger -= smaller`: what is left of a parent's histogram is that of the other child. */
export function subtract(larger: Float64Array, smaller: Float64Array): void {
  for (let i = 0; i < larger.length; i++) larger[i]! -= smaller[i]!;
}
