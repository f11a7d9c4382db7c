import type { Random } from '../../../../kernel/index.ts';
import type { BinnedFeature } from './binned-feature.ts';
import { BIN_WIDTH } from './histogram-layout.ts';
import { leafGain, type NodeSums } from './leaf-score.ts';
import type { BoostedTreesParams } from './params.ts';
import type { Split } from './split.ts';

type NumberFeature = Extract<BinnedFeature, { kind: 'number' }>;

/** The best cut found so far: the last bin on the left, where missing values go, and the sums of the left side. */
type Cut = {
  bin: number;
  missingLeft: boolean;
  score: number;
  gradient: number;
  hessian: number;
  rows: number;
};

/**
 * The best cut of a numeric feature, missing values tried on both sides; null when none lowers the loss.
 * `offset` is where the feature's bins start in `histogram`.
 */
export function splitNumber(
  f: number,
  feature: NumberFeature,
  histogram: Float64Array,
  offset: number,
  node: NodeSums,
  params: BoostedTreesParams,
  random: Random,
): Split | null {
  const missingAt = offset + feature.valueBins * BIN_WIDTH;
  const missing = feature.hasMissing ? histogram[missingAt + 2]! : 0;
  const parent = leafGain(node.gradient, node.hessian, params.l1, params.l2);
  const best: Cut = {
    bin: -1,
    missingLeft: false,
    score: parent + params.minGain,
    gradient: 0,
    hessian: 0,
    rows: 0,
  };
  const range = cutsToTry(feature, histogram, offset, missing > 0, params.extraTrees, random);
  scanCuts(best, range, histogram, offset, node, params, -1);
  if (missing > 0) scanCuts(best, range, histogram, offset, node, params, missingAt);
  if (best.bin < 0 || !(best.score > parent)) return null;
  const left = { gradient: best.gradient, hessian: best.hessian, rows: best.rows };
  // Where no row is missing, a missing value met later goes with the larger side.
  const missingLeft = missing > 0 ? best.missingLeft : best.rows * 2 > node.rows;
  return {
    kind: 'number',
    feature: f,
    gain: best.score - parent,
    lastLeftBin: best.bin,
    left,
    missingLeft,
    l2: params.l2,
  };
}

type CutRange = { first: number; last: number };

/** All cuts, or one at random among those that part the values present in the node. */
function cutsToTry(
  feature: NumberFeature,
  histogram: Float64Array,
  offset: number,
  hasMissing: boolean,
  extraTrees: boolean,
  random: Random,
): CutRange {
  const last = hasMissing
    ? feature.thresholds.length - 1
    : Math.min(feature.thresholds.length, feature.valueBins - 1) - 1;
  if (!extraTrees) return { first: 0, last };
  let low = 0;
  let high = feature.valueBins - 1;
  while (low < high && histogram[offset + low * BIN_WIDTH + 2]! === 0) low++;
  while (high > low && histogram[offset + high * BIN_WIDTH + 2]! === 0) high--;
  const top = Math.min(last, hasMissing ? high : high - 1);
  const cut = low + Math.floor(random() * (top - low + 1));
  return { first: cut, last: Math.min(cut, top) };
}

/** Walks the cuts from left to right; missing values start on the left when `missingAt` says where their bin is. */
function scanCuts(
  best: Cut,
  range: CutRange,
  histogram: Float64Array,
  offset: number,
  node: NodeSums,
  params: BoostedTreesParams,
  missingAt: number,
): void {
  const { minRowsInLeaf, minHessianInLeaf, l1, l2 } = params;
  let gradient = missingAt < 0 ? 0 : histogram[missingAt]!;
  let hessian = missingAt < 0 ? 0 : histogram[missingAt + 1]!;
  let rows = missingAt < 0 ? 0 : histogram[missingAt + 2]!;
  for (let bin = 0; bin <= range.last; bin++) {
    const at = offset + bin * BIN_WIDTH;
    const rowsInBin = histogram[at + 2]!;
    if (rowsInBin === 0 && bin > range.first) continue;
    gradient += histogram[at]!;
    hessian += histogram[at + 1]!;
    rows += rowsInBin;
    if (bin < range.first || rows < minRowsInLeaf || hessian < minHessianInLeaf) continue;
    const hessianRight = node.hessian - hessian;
    if (node.rows - rows < minRowsInLeaf || hessianRight < minHessianInLeaf) break;
    const score =
      leafGain(gradient, hessian, l1, l2) + leafGain(node.gradient - gradient, hessianRight, l1, l2);
    if (!(score > best.score)) continue;
    best.bin = bin;
    best.missingLeft = missingAt >= 0;
    best.score = score;
    best.gradient = gradient;
    best.hessian = hessian;
    best.rows = rows;
  }
}
