import type { FeatureMatrix } from '../../prepare/index.ts';
import type { FlatModel } from './flat-model.ts';

/** Adds every linear term of one row to `out[0 … outputs - 1]`. */
export function addRowLinear(flat: FlatModel, features: Float32Array, out: Float64Array): void {
  const { numberFeature, categoryFeature } = flat.linear;
  for (let term = 0; term < numberFeature.length; term++) {
    addNumber(flat, term, features[numberFeature[term]!]!, out, 0);
  }
  for (let term = 0; term < categoryFeature.length; term++) {
    addCategory(flat, term, features[categoryFeature[term]!]!, out, 0);
  }
}

/** Adds every linear term of all rows, row-major. */
export function addBlockLinear(flat: FlatModel, features: FeatureMatrix, out: Float64Array): void {
  const { numberFeature, categoryFeature } = flat.linear;
  for (let term = 0; term < numberFeature.length; term++) {
    const column = features.columns[numberFeature[term]!]!;
    for (let row = 0; row < features.rows; row++)
      addNumber(flat, term, column[row]!, out, row * flat.outputs);
  }
  for (let term = 0; term < categoryFeature.length; term++) {
    const column = features.columns[categoryFeature[term]!]!;
    for (let row = 0; row < features.rows; row++)
      addCategory(flat, term, column[row]!, out, row * flat.outputs);
  }
}

function addNumber(flat: FlatModel, term: number, x: number, out: Float64Array, at: number): void {
  const { center, scale, numberWeights, numberMissing } = flat.linear;
  const first = term * flat.outputs;
  if (Number.isNaN(x)) {
    for (let k = 0; k < flat.outputs; k++) out[at + k]! += numberMissing[first + k]!;
    return;
  }
  const scaled = (x - center[term]!) / scale[term]!;
  for (let k = 0; k < flat.outputs; k++) out[at + k]! += numberWeights[first + k]! * scaled;
}

function addCategory(flat: FlatModel, term: number, x: number, out: Float64Array, at: number): void {
  const { categoryStart, categoryRows, categoryWeights } = flat.linear;
  const rows = categoryRows[term]!;
  const row = Number.isNaN(x) ? rows : Math.min(x, rows - 1);
  const start = categoryStart[term]! + row * flat.outputs;
  for (let k = 0; k < flat.outputs; k++) out[at + k]! += categoryWeights[start + k]!;
}
