import { type BinnedFeature, binCount, bundleBin } from './binned-feature.ts';

/** A way to part the rows of a node. */
export type Split = {
  feature: number;
  /** Over the best of not splitting, always positive. */
  gain: number;
  /** Where missing values go. */
  missingLeft: boolean;
  /** L2 penalty that its leaves' values are to be taken with. */
  l2: number;
} & (
  | { kind: 'number'; lastLeftBin: number }
  /** Bins of the categories on the left; all others, those never seen in the node among them, go right. */
  | { kind: 'category'; leftBins: number[] }
);

/** Writes for each of the 256 bins that the feature's column may have whether it goes left, 1 or 0. */
export function markBinsGoingLeft(goesLeft: Uint8Array, split: Split, feature: BinnedFeature): void {
  markOwnBins(goesLeft, split, feature);
  const { member } = feature;
  if (!member) return;
  const own = goesLeft.slice();
  goesLeft.fill(own[member.usualBin]!);
  for (let bin = 0; bin < binCount(feature); bin++)
    if (bin !== member.usualBin) goesLeft[bundleBin(member, bin)] = own[bin]!;
}

/** The same for the bins of the feature itself. */
export function markOwnBins(goesLeft: Uint8Array, split: Split, feature: BinnedFeature): void {
  goesLeft.fill(0);
  if (split.kind === 'number') goesLeft.fill(1, 0, split.lastLeftBin + 1);
  else for (const bin of split.leftBins) goesLeft[bin] = 1;
  goesLeft[feature.valueBins] = split.missingLeft ? 1 : 0;
}
