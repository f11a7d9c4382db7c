import type { Binned } from './binned-feature.ts';

/** Bins a column of category codes: the most frequent ones have bins of their own, the rest share the last one. */
export function binCategory(column: Float32Array, levels: number, maxBins: number): Binned {
  const counts = new Float64Array(levels);
  for (const code of column) if (!Number.isNaN(code)) counts[code]! += 1;
  const byFrequency = Array.from(counts.keys())
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
  const codes = sharedLastBin(byFrequency, maxBins);
  return { kind: 'category', valueBins: codes.length, codes, ...assignBins(column, codes, levels) };
}

function sharedLastBin(codes: number[], maxBins: number): number[][] {
  if (codes.length <= maxBins) return codes.map((code) => [code]);
  const own = codes.slice(0, maxBins - 1).map((code) => [code]);
  return [...own, codes.slice(maxBins - 1)];
}

function assignBins(column: Float32Array, codes: number[][], levels: number) {
  const binOf = new Uint8Array(levels);
  codes.forEach((members, bin) => {
    for (const code of members) binOf[code] = bin;
  });
  const bins = new Uint8Array(column.length);
  let hasMissing = false;
  for (let row = 0; row < column.length; row++) {
    const code = column[row]!;
    const missing = Number.isNaN(code);
    bins[row] = missing ? codes.length : binOf[code]!;
    hasMissing ||= missing;
  }
  return { bins, hasMissing };
}
