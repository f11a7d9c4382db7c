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
export const FOUND = { gain: 0, feature: 2, bin: 3, missingLeft: 8, isCategory: 9, l2: 5 } as const;

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

/** A node of a tree that was grown whole: the first as int32 numbers, the last two as float64. */
export const GROWN_BYTES = 48;
export const GROWN = {
  begin: 0,
  end: 1,
  ridersBegin: 2,
  ridersEnd: 3,
  left: 6,
  value: 4,
  cover: 5,
} as const;

/** What a tree is grown from, as int32 numbers; the first eight bytes are the learning rate, float64. */
export const WORKSPACE_NUMBERS = 30;
export const WORKSPACE = {
  settings: 2,
  plan: 3,
  features: 4,
  cells: 5,
  columns: 6,
  columnCount: 7,
  list: 8,
  histograms: 9,
  bytes: 10,
  rows: 11,
  rowCount: 12,
  riders: 13,
  riderCount: 14,
  quanta: 15,
  blocks: 16,
  right: 17,
  goesLeft: 18,
  nodes: 19,
  found: 20,
  grown: 21,
  open: 22,
  order: 23,
  free: 24,
  leaves: 25,
  mostDepth: 26,
  weights: 27,
  hasCategories: 28,
  drawsFeatures: 29,
} as const;
