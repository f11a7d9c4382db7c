import { type Random, shuffle } from '../../../../kernel/index.ts';
import type { FeatureMatrix } from '../../../prepare/index.ts';
import type { DenseInputs } from '../../model.ts';
import { denseWidth, fillDense } from '../../parts/dense-inputs.ts';

/** `most` of the rows at random, or all; where rows have weights, as many as that drawn by their weights. */
export function rowsToRemember(
  rows: Int32Array,
  weights: Float64Array | undefined,
  most: number,
  random: Random,
): Int32Array {
  if (weights) return drawnByWeight(rows, weights, Math.min(most, rows.length), random);
  return rows.length <= most ? rows : shuffle(rows.slice(), random).subarray(0, most).sort();
}

/** Systematic sampling: at even steps along the cumulated weights. */
function drawnByWeight(rows: Int32Array, weights: Float64Array, count: number, random: Random): Int32Array {
  const total = rows.reduce((sum, row) => sum + weights[row]!, 0);
  const step = total / count;
  const drawn = new Int32Array(count);
  let next = random() * step;
  let passed = 0;
  let n = 0;
  for (const row of rows) {
    passed += weights[row]!;
    for (; next < passed && n < count; next += step) drawn[n++] = row;
  }
  return drawn.subarray(0, n);
}

/** The dense inputs of rows, row-major. */
export function denseRows(inputs: DenseInputs, features: FeatureMatrix, rows: Int32Array): Float64Array {
  const width = denseWidth(inputs);
  const dense = new Float64Array(rows.length * width);
  const x = new Float32Array(features.columns.length);
  rows.forEach((row, i) => {
    for (let f = 0; f < x.length; f++) x[f] = features.columns[f]![row]!;
    fillDense(inputs, x, dense, i * width);
  });
  return dense;
}
