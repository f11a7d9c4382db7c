import type { BinnedFeature } from './binned-feature.ts';
import type { NodeSums } from './leaf-score.ts';

/** A way to part the rows of a node; `left` are the sums of its left side. */
export type Split = {
  feature: number;
  /** Over the best of not splitting, always positive. */
  gain: number;
  left: NodeSums;
  /** Where missing values go. */
  missingLeft: boolean;
  /** L2 penalty that its leaves' values are to be taken with. */
  l2: number;
} & (
  | { kind: 'number'; lastLeftBin: number }
  /** Bins of the categories on the left; all others, those never seen in the node among them, go right. */
  | { kind: 'category'; leftBins: number[] }
);

/** Writes for each of the 256 bins there can be whether it goes left, 1 or 0. */
export function markBinsGoingLeft(goesLeft: Uint8Array, split: Split, feature: BinnedFeature): void {
  goesLeft.fill(0);
  if (split.kind === 'number') goesLeft.fill(1, 0, split.lastLeftBin + 1);
  else for (const bin of split.leftBins) goesLeft[bin] = 1;
  goesLeft[feature.valueBins] = split.missingLeft ? 1 : 0;
}
