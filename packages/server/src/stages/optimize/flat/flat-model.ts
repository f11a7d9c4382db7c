import type { Link } from '../../train/index.ts';
import type { FlatPart } from './parts/flat-part.ts';

/**
 * An additive model laid out for speed, made by `compileFlat`. It owns scratch space, so one instance serves one
 * thread at a time; scoring allocates nothing.
 *
 * Every feature a split reads becomes one or more *slots*: an int32 key per row, made once, such that each split is
 * `key > threshold` or one bit of a set. See `sortable-key.ts` for why no split has to ask about NaN.
 */
export type FlatModel = {
  link: Link;
  outputs: number;
  base: Float64Array;
  slots: FlatSlots;
  trees: FlatTrees;
  linear: FlatLinear;
  parts: FlatPart[];
  /** Bytes of all tables, without scratch. */
  bytes: number;
  scratch: FlatScratch;
};

/** How a slot turns its feature into a key. */
export const SLOT_MISSING_LOW = 0;
export const SLOT_MISSING_HIGH = 1;
export const SLOT_CATEGORY = 2;

/** What the splits read: slot s holds the key of `feature[s]`, made as `kind[s]` says. */
export type FlatSlots = {
  count: number;
  feature: Int32Array;
  kind: Uint8Array;
  /** Category slots: number of codes that any set names; code `width` stands for all others, `width + 1` for missing. */
  width: Int32Array;
};

/** Number of int32 fields in a node record, and which is which. */
export const NODE_FIELDS = 4;
export const NODE_SLOT = 0;
export const NODE_THRESHOLD = 1;
export const NODE_CHILD = 2;
export const NODE_SET = 3;

/**
 * All nodes of all trees as records of four int32: slot, threshold key, offset of the left child, set.
 * The right child follows the left one, so the next offset is `child + 4 * goesRight`. A leaf is its own left
 * child and never goes right. `set` is 0 for numeric splits; for categorical ones its low 31 bits are the
 * first word in `sets` and its sign bit is on.
 */
export type FlatTrees = {
  /** Number of real trees; the tables are padded to a multiple of four with trees that add nothing. */
  count: number;
  nodes: Int32Array;
  /** Score of each record's leaf, by record. */
  values: Float64Array;
  roots: Int32Array;
  /** Output each tree adds to. */
  outputs: Int32Array;
  /** Longest path of each group of four trees. */
  depths: Int32Array;
  /** Bit c of a set is 1 when code c goes right. Word 0 is all zeros, the set of every numeric split. */
  sets: Int32Array;
  hasSets: boolean;
};

/** The linear part: number terms, then category terms, weights row-major by output. */
export type FlatLinear = {
  numberFeature: Int32Array;
  center: Float64Array;
  scale: Float64Array;
  numberWeights: Float64Array;
  numberMissing: Float64Array;
  categoryFeature: Int32Array;
  /** First weight of each category term; the row after its last code is for missing. */
  categoryStart: Int32Array;
  categoryRows: Int32Array;
  categoryWeights: Float64Array;
};

export type FlatScratch = {
  /** One cell seen as float32 and as its bits. */
  cell: Float32Array;
  bits: Int32Array;
  /** Keys of a block of rows, row-major by slot. */
  keys: Int32Array;
};

/** Rows whose keys are made at a time, so that keys and a group of trees stay in the first-level cache. */
export const BLOCK_ROWS = 64;
