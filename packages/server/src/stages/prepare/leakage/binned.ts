import type { Column } from '../../ingest/index.ts';

const BINS = 64;

/** Each of the rows as a small whole number: missing is 0, then quantile bins of numbers or codes of words. */
export type Binned = { bins: Int32Array; count: number };

export function binColumn(column: Column, rows: Int32Array): Binned {
  if (column.type === 'string') {
    return {
      bins: Int32Array.from(rows, (row) => column.codes[row]! + 1),
      count: column.dictionary.length + 1,
    };
  }
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const edges = quantileEdges(values);
  const bins = Int32Array.from(values, (value) => (Number.isNaN(value) ? 0 : binOf(edges, value) + 1));
  return { bins, count: edges.length + 2 };
}

/** Up to BINS - 1 distinct values that split the present ones evenly; every value, when there are few. */
function quantileEdges(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= BINS) return distinct.subarray(1);
  const edges = Array.from(
    { length: BINS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)]!,
  );
  return Float64Array.from(edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]));
}

/** How many edges are at most the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
