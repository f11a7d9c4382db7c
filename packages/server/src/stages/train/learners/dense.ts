import type { FeatureMatrix } from '../../prepare/index.ts';
import type { DenseInputs } from '../model.ts';

type NumberInput = DenseInputs['numbers'][number];

/** Quartiles are taken of this many values at most, spread evenly. */
const MOST_VALUES = 20_000;

/** Between the quartiles of a normal distribution lie this many standard deviations. */
const QUARTILE_SPAN = 1.349;

/**
 * The numeric features that vary among `rows`, centred at their median and scaled by the span of their quartiles, which
 * outliers do not move. A feature that lacks values there has a flag.
 */
export function fitNumbers(features: FeatureMatrix, rows: Int32Array): NumberInput[] {
  return features.columns.flatMap((column, feature) => {
    if (features.levels[feature]! > 0) return [];
    const { sorted, missing } = presentValues(column, rows);
    const scale = scaleOf(sorted);
    if (scale === 0 && !missing) return [];
    const center = sorted[sorted.length >> 1] ?? 0;
    return [{ feature, center, scale: scale || 1, flag: missing }];
  });
}

function presentValues(column: Float32Array, rows: Int32Array): { sorted: Float64Array; missing: boolean } {
  const stride = Math.max(1, Math.floor(rows.length / MOST_VALUES));
  const present: number[] = [];
  let missing = false;
  for (let i = 0; i < rows.length; i++) {
    const x = column[rows[i]!]!;
    missing ||= Number.isNaN(x);
    if (i % stride === 0 && Number.isFinite(x)) present.push(x);
  }
  return { sorted: Float64Array.from(present).sort(), missing };
}

/** Where half of the values are the same the quartiles say nothing; then the standard deviation does. 0 for a constant. */
function scaleOf(sorted: Float64Array): number {
  if (sorted.length === 0) return 0;
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const span = (at(0.75) - at(0.25)) / QUARTILE_SPAN;
  if (span > 0) return span;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  return Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sorted.length);
}
