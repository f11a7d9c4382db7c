/** A feature as bin numbers. Values have bins 0 … valueBins - 1; a missing value has bin `valueBins`. */
export type BinnedFeature = {
  bins: Uint8Array;
  valueBins: number;
  hasMissing: boolean;
} & (
  | {
      kind: 'number';
      /**
       * `x <= thresholds[b]` holds for exactly the training values of bins 0 … b, in float32. The last threshold, when
       * there is one for the last bin, parts all values from the missing ones.
       */
      thresholds: Float32Array;
    }
  | {
      kind: 'category';
      /** The codes that each bin stands for; only the last may have more than one. */
      codes: number[][];
    }
);

/** How many bins a histogram of the feature has, the one for missing values included. */
export function binCount(feature: BinnedFeature): number {
  return feature.valueBins + (feature.hasMissing ? 1 : 0);
}

/**
 * Features that share one column of bins, since no row has more than one of them off its usual bin: the columns of a
 * one-hot encoding, mostly. Bin 0 of the column is "all as usual"; member m's other bins follow one another from
 * `members[m].first` on.
 */
export type Bundle = { bins: Uint8Array; binCount: number; members: BundleMember[] };
export type BundleMember = { feature: number; first: number; usualBin: number };

/** A feature matrix as bins, feature by feature; the bins lie in shared memory, so that threads need no copies. */
export type BinnedMatrix = { rows: number; features: BinnedFeature[]; bundles: Bundle[] };

/** Bins of one column, in shared memory. */
export function emptyBins(rows: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(rows));
}
