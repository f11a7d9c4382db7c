import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binCategory } from './bin-category.ts';
import { binNumber } from './bin-number.ts';
import type { BinnedFeature, BinnedMatrix } from './binned-feature.ts';

export type { BinnedFeature, BinnedMatrix } from './binned-feature.ts';

/** Values at most in a bin index; one more bin is kept for missing values, so that a bin fits a byte. */
export const MAX_VALUE_BINS = 255;

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
