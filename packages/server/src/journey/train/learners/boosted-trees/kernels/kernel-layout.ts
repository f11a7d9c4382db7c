/** How things lie in the kernels' memory; `assembly/layout.ts` says the same. Sizes in bytes. */

/** A bin of a histogram: sum of gradients, and sum of hessians above the number of rows, 64-bit whole numbers. */
export const BIN_BYTES = 16;

/** Cells of one column are this far apart: those of eight columns lie side by side. */
export const CELL_STEP = 8;

/** An entry of the table of features. */
export const FEATURE_BYTES = 16;

/** Rows that `accumulate` takes at a time, and what it needs room for. */
export const BLOCK_BYTES = 2048 * BIN_BYTES;

/** A node, as float64 numbers: two of sums, then those named here. */
export const NODE_NUMBERS = 12;
export const NODE = { gradient: 2, hessian: 3, rows: 4, lower: 5, upper: 6, output: 7, gain: 8 } as const;

/** A split that was found, as float64 or int32 numbers. */
export const FOUND_NUMBERS = 6;
export const FOUND = { gain: 0, feature: 2, bin: 3, missingLeft: 8 } as const;

/** The settings of a tree: the first as float64 numbers, the last three as int32. */
export const SETTINGS_NUMBERS = 12;
export const SETTINGS = {
  l1: 0,
  l2: 1,
  minGain: 2,
  minRows: 3,
  minHessian: 4,
  maxDelta: 5,
  smoothing: 6,
  gradientUnit: 7,
  hessianUnit: 8,
  countBits: 18,
  extraTrees: 19,
  bounded: 20,
} as const;
