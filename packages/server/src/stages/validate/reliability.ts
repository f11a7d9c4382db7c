import type { TargetVector } from '../prepare/index.ts';
import { answeredClasses, type DecisionRule, equalMassBins, type Predictions } from '../train/index.ts';
import type { ReliabilityBin } from './model.ts';

const BINS = 15;
const LEAST_ROWS = 10;
const Z95 = 1.959963984540054;

/**
 * Stated probability against what came true, in at most 15 bins of equal mass (10 rows at least; rows that state the same share one): of the positive
 * class for binary, of the answered class for multiclass.
 */
export function reliabilityTable(
  target: TargetVector,
  predictions: Predictions,
  rule: DecisionRule = { threshold: 0.5 },
): ReliabilityBin[] {
  const { stated, came } = forecasts(target, predictions, rule);
  const ranked = Uint32Array.from(stated, (_, row) => row).sort((a, b) => stated[a]! - stated[b]!);
  const bins = Math.max(1, Math.min(BINS, Math.floor(ranked.length / LEAST_ROWS)));
  const sorted = Float64Array.from(ranked, (row) => stated[row]!);
  return equalMassBins(sorted, bins).map(({ from, to }) => binOf(ranked.subarray(from, to), stated, came));
}

function forecasts(target: TargetVector, predictions: Predictions, rule: DecisionRule) {
  const { outputs, values } = predictions;
  if (outputs === 1) return { stated: values, came: target };
  const answers = answeredClasses(predictions, rule);
  return {
    stated: Float64Array.from(answers, (answer, row) => values[row * outputs + answer]!),
    came: Float64Array.from(answers, (answer, row) => (target[row] === answer ? 1 : 0)),
  };
}

function binOf(rows: Uint32Array, stated: Float64Array, came: Float64Array): ReliabilityBin {
  let [sum, hits] = [0, 0];
  for (const row of rows) {
    sum += stated[row]!;
    hits += came[row]!;
  }
  return { rows: rows.length, stated: sum / rows.length, ...wilson(hits, rows.length) };
}

/** Wilson's score interval of a share, 95 %. */
export function wilson(hits: number, rows: number): { observed: number; low: number; high: number } {
  const share = hits / rows;
  const square = Z95 ** 2 / rows;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z95 * Math.sqrt((share * (1 - share) + square / 4) / rows)) / (1 + square);
  return { observed: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
