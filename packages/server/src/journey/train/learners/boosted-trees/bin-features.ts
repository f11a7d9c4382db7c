import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binCategory } from './bin-category.ts';
import { binNumber } from './bin-number.ts';
import type { BinnedMatrix } from './binned-feature.ts';
import { bundleFeatures } from './bundle-features.ts';

/** Values at most in a bin index; one more bin is kept for missing values, so that a bin fits a byte. */
export const MAX_VALUE_BINS = 255;

/** Bins every feature. Targets are not looked at, so one binning serves every fold. */
export function binFeatures(matrix: FeatureMatrix, maxBins = MAX_VALUE_BINS): BinnedMatrix {
  const features = matrix.columns.map((column, f) =>
    matrix.levels[f]! > 0 ? binCategory(column, matrix.levels[f]!, maxBins) : binNumber(column, maxBins),
  );
  return { rows: matrix.rows, features, bundles: bundleFeatures(features, matrix.rows) };
}
