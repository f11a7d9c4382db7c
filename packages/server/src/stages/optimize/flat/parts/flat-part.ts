import type { Link } from '../../../train/index.ts';

/** A part compiled for speed. It owns its scratch, and `add` allocates nothing. */
export type FlatPart = {
  /** Bytes of its tables, without scratch. */
  bytes: number;
  /** Adds its weighted margins for one row of the model's features to `out[at … at + outputs - 1]`. */
  add(features: Float32Array, out: Float64Array, at: number): void;
};

/** What a part is compiled for. */
export type PartTarget = { link: Link; outputs: number };
