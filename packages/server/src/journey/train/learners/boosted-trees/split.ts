import type { NodeSums } from './leaf-score.ts';

/** A way to part the rows of a node; `left` are the sums of its left side. */
export type Split = {
  feature: number;
  /** Over the best of not splitting, always positive. */
  gain: number;
  /** For each bin whether it goes left; the missing bin included. */
  goesLeft: Uint8Array;
  left: NodeSums;
  /** Numeric: the last bin on the left. */
  lastLeftBin: number;
  /** L2 penalty that its leaves' values are to be taken with. */
  l2: number;
};
