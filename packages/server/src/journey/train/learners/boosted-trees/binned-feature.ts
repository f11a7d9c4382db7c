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

/** A feature matrix as bins, feature by feature; the bins lie in shared memory, so that threads need no copies. */
export type BinnedMatrix = { rows: number; features: BinnedFeature[] };

/** Bins of one column, in shared memory. */
export function emptyBins(rows: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(rows));
}
