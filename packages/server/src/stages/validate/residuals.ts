import type { TargetVector } from '../prepare/index.ts';
import { equalMassBins, type Predictions } from '../train/index.ts';
import type { ResidualSummary } from './model.ts';

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const GROUPS = 10;

/** How truth minus prediction is spread, overall and from high predictions to low ones. */
export function residualSummary(target: TargetVector, { values }: Predictions): ResidualSummary {
  const residuals = target.map((truth, row) => truth - values[row]!);
  const mean = average(residuals);
  const sorted = residuals.slice().sort();
  const ranked = Uint32Array.from(values, (_, row) => row).sort((a, b) => values[b]! - values[a]!);
  const falling = Float64Array.from(ranked, (row) => values[row]!);
  return {
    mean,
    standardDeviation: Math.sqrt(average(residuals.map((residual) => (residual - mean) ** 2))),
    quantiles: QUANTILES.map((q) => sorted[Math.round(q * (sorted.length - 1))]!),
    byPrediction: equalMassBins(falling, Math.min(GROUPS, ranked.length)).map(({ from, to }) =>
      groupOf(ranked.subarray(from, to)),
    ),
  };

  function groupOf(rows: Uint32Array) {
    return {
      rows: rows.length,
      prediction: average(Float64Array.from(rows, (row) => values[row]!)),
      truth: average(Float64Array.from(rows, (row) => target[row]!)),
      rmse: Math.sqrt(average(Float64Array.from(rows, (row) => residuals[row]! ** 2))),
    };
  }
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
