import type { FeatureMatrix } from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import { addBlockLinear, addRowLinear } from './add-linear.ts';
import { applyLinkInPlace } from './apply-link-in-place.ts';
import { BLOCK_ROWS, type FlatModel } from './flat-model.ts';
import { makeBlockKeys, makeRowKeys } from './make-keys.ts';
import { walkTrees } from './walk-trees.ts';

/**
 * Writes the raw scores of one row into `out[0 … outputs - 1]`. Allocates nothing. The base is added last, as the reference does.
 *
 * @example scoreFlat(flat, features, out); applyLinkInPlace(flat.link, flat.outputs, out);
 */
export function scoreFlat(flat: FlatModel, features: Float32Array, out: Float64Array): void {
  out.fill(0);
  makeRowKeys(flat, features);
  walkTrees(flat, out, 0, 1);
  addRowLinear(flat, features, out);
  for (let p = 0; p < flat.parts.length; p++) flat.parts[p]!.add(features, out, 0);
  for (let k = 0; k < flat.outputs; k++) out[k]! += flat.base[k]!;
}

/** The raw scores of every row, row-major; `out` has room for `rows * outputs`. */
export function scoreFlatRows(flat: FlatModel, features: FeatureMatrix, out: Float64Array): void {
  const { outputs, base } = flat;
  out.fill(0, 0, features.rows * outputs);
  for (let from = 0; from < features.rows; from += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, features.rows - from);
    makeBlockKeys(flat, features.columns, from, rows);
    walkTrees(flat, out, from, rows);
  }
  addBlockLinear(flat, features, out);
  if (flat.parts.length > 0) addBlockParts(flat, features, out);
  for (let at = 0; at < features.rows * outputs; at += outputs)
    for (let k = 0; k < outputs; k++) out[at + k]! += base[k]!;
}

function addBlockParts(flat: FlatModel, { rows, columns }: FeatureMatrix, out: Float64Array): void {
  const row = new Float32Array(columns.length);
  for (let r = 0; r < rows; r++) {
    for (let f = 0; f < row.length; f++) row[f] = columns[f]![r]!;
    for (const part of flat.parts) part.add(row, out, r * flat.outputs);
  }
}

/** The predictions of one row (scores through the link) into `out`, which has `outputs` entries. */
export function predictFlat(flat: FlatModel, features: Float32Array, out: Float64Array): void {
  scoreFlat(flat, features, out);
  applyLinkInPlace(flat.link, flat.outputs, out);
}

/** The predictions of every row. */
export function predictFlatRows(flat: FlatModel, features: FeatureMatrix): Predictions {
  const values = new Float64Array(features.rows * flat.outputs);
  scoreFlatRows(flat, features, values);
  applyLinkInPlace(flat.link, flat.outputs, values);
  return { rows: features.rows, outputs: flat.outputs, values };
}
