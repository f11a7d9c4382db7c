/** Bytes of a bin of a histogram: `sum of gradients` and `sum of hessians << countBits | rows`, 64-bit integers each. */
export const BIN: usize = 16;

/** Bytes of an entry of the table of columns: where its cells start, and where in a histogram its bins start. */
export const COLUMN: usize = 8;

/** A row's cells of eight columns lie side by side, so a column's own are 2 to the power of this many bytes apart. */
export const STRIDE: usize = 3;

// A feature as the search for splits needs it, 16 bytes: where its bins start in a histogram, how many bins its values
// have, how many thresholds there are, and whether it has missing values (1), how it must rise (1, -1 or 0), its kind (0
// number, 1 category) and a free byte.
export const FEATURE: usize = 16;

// A node, 96 bytes: its sums (as in a bin), then float64: gradient, hessian, rows, lower and upper bound of its leaf's
// score, that score, and the score of its gain.
export const NODE_GRADIENT: usize = 16;
export const NODE_HESSIAN: usize = 24;
export const NODE_ROWS: usize = 32;
export const NODE_LOWER: usize = 40;
export const NODE_UPPER: usize = 48;
export const NODE_OUTPUT: usize = 56;
export const NODE_GAIN: usize = 64;

// A split found, 48 bytes: gain (float64), feature, last bin on the left (int32), sums of the left side, whether missing
// values go left (int32).
export const FOUND_FEATURE: usize = 8;
export const FOUND_BIN: usize = 12;
export const FOUND_LEFT: usize = 16;
export const FOUND_MISSING_LEFT: usize = 32;

// Settings of a tree, float64: L1, L2, minimum gain, rows and hessian at least in a leaf, largest score of a leaf (0 for
// none), path smoothing; what a unit of the gradients and of the hessians stands for; then int32: bits of the row count in
// the second sum, whether one random cut is tried for each feature, whether scores are bounded by anything at all.
export const L1: usize = 0;
export const L2: usize = 8;
export const MIN_GAIN: usize = 16;
export const MIN_ROWS: usize = 24;
export const MIN_HESSIAN: usize = 32;
export const MAX_DELTA: usize = 40;
export const SMOOTHING: usize = 48;
export const GRADIENT_UNIT: usize = 56;
export const HESSIAN_UNIT: usize = 64;
export const COUNT_BITS: usize = 72;
export const EXTRA_TREES: usize = 76;
export const BOUNDED: usize = 80;

/** Bytes of a node and of a split found. */
export const NODE: usize = 96;
export const FOUND: usize = 48;

// Of a split found when whole trees are grown: whether it is on a category (int32), the L2 penalty of its children (float64).
export const FOUND_IS_CATEGORY: usize = 36;
export const FOUND_L2: usize = 40;

/** Within the entry of a feature, whether it shares its column. */
export const FEATURE_IS_MEMBER: usize = 15;

// A node that was grown, 48 bytes, int32: its stretches of rows and riders, depth, place of its histogram (0 for none), left
// child (-1 for a leaf; the right one is the next node); float64: value as a leaf, cover.
export const GROWN: usize = 48;
export const GROWN_BEGIN: usize = 0;
export const GROWN_END: usize = 4;
export const GROWN_RIDERS_BEGIN: usize = 8;
export const GROWN_RIDERS_END: usize = 12;
export const GROWN_DEPTH: usize = 16;
export const GROWN_HISTOGRAM: usize = 20;
export const GROWN_LEFT: usize = 24;
export const GROWN_VALUE: usize = 32;
export const GROWN_COVER: usize = 40;

// What a tree is grown from: places and counts, int32, and the learning rate, float64.
export const WORKSPACE_LEARNING_RATE: usize = 0;
export const WORKSPACE_SETTINGS: usize = 8;
export const WORKSPACE_PLAN: usize = 12;
export const WORKSPACE_FEATURES: usize = 16;
export const WORKSPACE_CELLS: usize = 20;
export const WORKSPACE_COLUMNS: usize = 24;
export const WORKSPACE_COLUMN_COUNT: usize = 28;
export const WORKSPACE_LIST: usize = 32;
export const WORKSPACE_HISTOGRAMS: usize = 36;
export const WORKSPACE_BYTES: usize = 40;
export const WORKSPACE_ROWS: usize = 44;
export const WORKSPACE_ROW_COUNT: usize = 48;
export const WORKSPACE_RIDERS: usize = 52;
export const WORKSPACE_RIDER_COUNT: usize = 56;
export const WORKSPACE_QUANTA: usize = 60;
export const WORKSPACE_BLOCKS: usize = 64;
export const WORKSPACE_RIGHT: usize = 68;
export const WORKSPACE_GOES_LEFT: usize = 72;
export const WORKSPACE_NODES: usize = 76;
export const WORKSPACE_FOUND: usize = 80;
export const WORKSPACE_GROWN: usize = 84;
export const WORKSPACE_OPEN: usize = 88;
export const WORKSPACE_ORDER: usize = 92;
export const WORKSPACE_FREE: usize = 96;
export const WORKSPACE_LEAVES: usize = 100;
export const WORKSPACE_MOST_DEPTH: usize = 104;
export const WORKSPACE_WEIGHTS: usize = 108;
export const WORKSPACE_HAS_CATEGORIES: usize = 112;
export const WORKSPACE_DRAWS_FEATURES: usize = 116;
