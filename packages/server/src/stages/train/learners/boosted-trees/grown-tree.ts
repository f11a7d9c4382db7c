import type { Tree } from '../../model.ts';

/** What one tree is grown from. */
export type Seedbed = {
  /** Index of the output whose derivatives, as the grower has them, the tree follows. */
  output: number;
  /** Rows the tree learns from. */
  rows: Int32Array;
  /** Rows that only want to know their leaf. */
  riders: Int32Array;
  features: Int32Array;
};

/** A leaf with its stretches of `rows` and `riders`. */
export type Leaf = { node: number; begin: number; end: number; ridersBegin: number; ridersEnd: number };

/** Rows and riders are as the leaves' stretches part them; they are the grower's and good until its next tree. */
export type GrownTree = {
  tree: Tree;
  leaves: Leaf[];
  gains: { feature: number; gain: number }[];
  rows: Int32Array;
  riders: Int32Array;
};
