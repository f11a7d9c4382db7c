import { CELL_STEP } from './kernels/kernel-layout.ts';
import type { Arena, KernelMemory } from './kernels/kernel-memory.ts';

/** A feature as bin numbers. Values have bins 0 … valueBins - 1; a missing value has bin `valueBins`. */
export type BinnedFeature = {
  valueBins: number;
  hasMissing: boolean;
  /** Index of the column that holds its bins; -1 when every row has the same. */
  column: number;
  /** How it lies in its column when it shares one; see {@link BundleMember}. */
  member: BundleMember | null;
} & (
  | {
      kind: 'number';
      /**
       * `x <= thresholds[b]` holds for exactly the training values of bins 0 … b, in float32. The last threshold, when
       * there is one for the last bin, parts all values from the missing ones.
       */
      thresholds: Float32Array;
    }
  | {
      kind: 'category';
      /** The codes that each bin stands for; only the last may have more than one. */
      codes: number[][];
    }
);

type Described<Feature> = Feature extends unknown ? Omit<Feature, 'column' | 'member'> : never;

/** A feature with its bins by row, not yet in a column. */
export type Binned = Described<BinnedFeature> & { bins: Uint8Array };

/** How many bins a histogram of the feature has, the one for missing values included. */
export function binCount(feature: Pick<BinnedFeature, 'valueBins' | 'hasMissing'>): number {
  return feature.valueBins + (feature.hasMissing ? 1 : 0);
}

/**
 * A feature in a column that it shares with others, since no row has more than one of them off its usual bin: the columns
 * of a one-hot encoding, mostly. Bin 0 of the column is "all as usual"; a member's other bins follow one another from
 * `first` on.
 */
export type BundleMember = { first: number; usualBin: number };

/** The column's bin for a bin of the member that is not its usual one. */
export function bundleBin({ first, usualBin }: BundleMember, bin: number): number {
  return first + bin - (bin > usualBin ? 1 : 0);
}

/** Bins of one column: where its first cell is, a byte each, `CELL_STEP` bytes apart, and how many bins there are. */
export type BinColumn = { at: number; bins: number; features: number[] };

/** A feature matrix as bins, in memory that all threads and the kernels see. */
export type BinnedMatrix = {
  rows: number;
  features: BinnedFeature[];
  columns: BinColumn[];
  memory: KernelMemory;
};

/** Takes columns of bins one after the other and packs eight side by side: a row's cells share a line of the cache. */
export type ColumnPacker = { add(bins: Uint8Array): number };

export function columnPacker(arena: Arena, rows: number): ColumnPacker {
  let packed = 0;
  let group = arena.bytes(0);
  return {
    add(bins) {
      const lane = packed++ % CELL_STEP;
      if (lane === 0) group = arena.bytes(CELL_STEP * rows);
      for (let row = 0; row < rows; row++) group[CELL_STEP * row + lane] = bins[row]!;
      return group.byteOffset + lane;
    },
  };
}

/** The bins of a feature by row, taken out of its column. */
export function binsOf({ rows, features, columns, memory }: BinnedMatrix, f: number): Uint8Array {
  const feature = features[f]!;
  const bins = new Uint8Array(rows);
  const column = columns[feature.column];
  if (!column) return bins.fill(feature.valueBins === 0 ? feature.valueBins : 0);
  const cells = new Uint8Array(memory.buffer, column.at);
  const binFor = Uint8Array.from({ length: 256 }, (_, bin) => bin);
  const { member } = feature;
  if (member) {
    binFor.fill(member.usualBin);
    for (let bin = 0; bin < binCount(feature); bin++)
      if (bin !== member.usualBin) binFor[bundleBin(member, bin)] = bin;
  }
  for (let row = 0; row < rows; row++) bins[row] = binFor[cells[CELL_STEP * row]!]!;
  return bins;
}
