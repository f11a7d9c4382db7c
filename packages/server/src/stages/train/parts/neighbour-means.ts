import type { Neighbours } from '../model.ts';
import { denseWidth, fillDense } from './dense-inputs.ts';

/** Added to the bandwidth, so that a row that equals all its neighbours is not divided by nothing. */
export const LEAST_BANDWIDTH = 1e-9;

/** What the nearest remembered rows say on average, into `out[0 … outputs - 1]`. */
export function neighbourMeans(part: Neighbours, x: ArrayLike<number>, out: Float64Array): void {
  const dense = new Float64Array(denseWidth(part.inputs));
  fillDense(part.inputs, x, dense, 0);
  const distances = squaredDistances(part, dense);
  const bandwidth = distances.toSorted()[part.k]! + LEAST_BANDWIDTH;
  let mass = part.priorWeight;
  for (let k = 0; k < out.length; k++) out[k] = part.priorWeight * part.prior[k]!;
  for (let row = 0; row < distances.length; row++) {
    const counts = 1 - distances[row]! / bandwidth;
    if (counts <= 0) continue;
    mass += counts;
    for (let k = 0; k < out.length; k++) out[k]! += counts * part.says[row * out.length + k]!;
  }
  for (let k = 0; k < out.length; k++) out[k]! /= mass;
}

function squaredDistances({ points }: Neighbours, dense: Float64Array): Float64Array {
  const width = dense.length;
  const distances = new Float64Array(points.length / width);
  for (let row = 0; row < distances.length; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (points[row * width + i]! - dense[i]!) ** 2;
    distances[row] = sum;
  }
  return distances;
}
