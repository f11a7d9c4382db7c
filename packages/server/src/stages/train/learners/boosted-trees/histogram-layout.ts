import { type BinnedMatrix, binCount } from './binned-feature.ts';
import { BIN_BYTES } from './kernels/kernel-layout.ts';

/**
 * Where the bins of each column and of each feature start in a histogram, and its whole size, in bytes. A feature with a
 * column of its own has the column's; one that shares a column has bins of its own behind those of the column.
 */
export type HistogramLayout = {
  columns: Int32Array;
  /** Where what belongs to the column ends, its features' own bins included. */
  columnEnds: Int32Array;
  features: Int32Array;
  bytes: number;
};

export function histogramLayout({ features, columns }: BinnedMatrix): HistogramLayout {
  let bytes = 0;
  const place = (bins: number) => {
    const at = bytes;
    bytes += bins * BIN_BYTES;
    return at;
  };
  const ofFeature = new Int32Array(features.length);
  const columnEnds = new Int32Array(columns.length);
  const ofColumn = Int32Array.from(columns, (column, c) => {
    const at = place(column.bins);
    for (const f of column.features) {
      const feature = features[f]!;
      ofFeature[f] = feature.member ? place(binCount(feature)) : at;
    }
    columnEnds[c] = bytes;
    return at;
  });
  return { columns: ofColumn, columnEnds, features: ofFeature, bytes };
}
