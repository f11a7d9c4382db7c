import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binCategory } from './bin-category.ts';
import { binNumber } from './bin-number.ts';

/** Values at most in a bin index; one more bin is kept for missing values, so that a bin fits a byte. */
export const MAX_VALUE_BINS = 255;

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

/** How many bins a histogram of the feature has, the one for missing values included. */
export function binCount(feature: BinnedFeature): number {
  return feature.valueBins + (feature.hasMissing ? 1 : 0);
}

/** Bins every feature. Targets are not looked at, so one binning serves every fold. */
export function binFeatures(matrix: FeatureMatrix, maxBins = MAX_VALUE_BINS): BinnedMatrix {
  const features = matrix.columns.map((column, f) =>
    matrix.levels[f]! > 0 ? binCategory(column, matrix.levels[f]!, maxBins) : binNumber(column, maxBins),
  );
  return { rows: matrix.rows, features };
}

/** Bins of one column, in shared memory. */
export function emptyBins(rows: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(rows));
}
