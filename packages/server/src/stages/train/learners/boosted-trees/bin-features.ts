import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binCategory } from './bin-category.ts';
import { numberBinner } from './bin-number.ts';
import {
  type BinColumn,
  type BinnedFeature,
  type BinnedMatrix,
  binCount,
  columnPacker,
} from './binned-feature.ts';
import { bundleFeatures, type Sparse } from './bundle-features.ts';
import { newKernelMemory, openArena } from './kernels/kernel-memory.ts';

/** Values at most in a bin index; one more bin is kept for missing values, so that a bin fits a byte. */
export const MAX_VALUE_BINS = 255;

/** Features off their usual bin in more rows than this hardly ever exclude others. */
const MOST_UNUSUAL = 0.2;

/** Bins every feature. Targets are not looked at, so one binning serves every fold. */
export function binFeatures(
  matrix: FeatureMatrix,
  maxBins = MAX_VALUE_BINS,
  { bundling = true } = {},
): BinnedMatrix {
  const memory = newKernelMemory();
  const scratch = openArena(memory);
  const binNumber = numberBinner(scratch, matrix.rows);
  const packer = columnPacker(openArena(memory), matrix.rows);
  const columns: BinColumn[] = [];
  const sparse: Sparse[] = [];
  const features = matrix.columns.map((column, f): BinnedFeature => {
    const levels = matrix.levels[f]!;
    const { bins, ...feature } =
      levels > 0 ? binCategory(column, levels, maxBins) : binNumber(column, maxBins);
    if (binCount(feature) < 2) return { ...feature, column: -1, member: null };
    const usual = usualBin(bins);
    if (bundling && usual.unusualRows <= MOST_UNUSUAL * matrix.rows) {
      sparse.push({ feature: f, bins: bins.slice(), binCount: binCount(feature), usualBin: usual.bin });
      return { ...feature, column: -1, member: null };
    }
    columns.push({ at: packer.add(bins), bins: binCount(feature), features: [f] });
    return { ...feature, column: columns.length - 1, member: null };
  });
  for (const bundle of bundleFeatures(sparse, matrix.rows)) {
    const alone = bundle.members.length === 1;
    const [first] = bundle.members;
    const bins = alone ? sparse.find(({ feature }) => feature === first!.feature)!.bins : bundle.bins;
    const members = bundle.members.map(({ feature }) => feature);
    const count = alone ? binCount(features[first!.feature]!) : bundle.binCount;
    columns.push({ at: packer.add(bins), bins: count, features: members });
    for (const { feature, ...member } of bundle.members) {
      features[feature]!.column = columns.length - 1;
      features[feature]!.member = alone ? null : member;
    }
  }
  scratch.close();
  return { rows: matrix.rows, features, columns, memory };
}

function usualBin(bins: Uint8Array): { bin: number; unusualRows: number } {
  const counts = new Int32Array(256);
  for (let row = 0; row < bins.length; row++) counts[bins[row]!]! += 1;
  const most = Math.max(...counts);
  return { bin: counts.indexOf(most), unusualRows: bins.length - most };
}
