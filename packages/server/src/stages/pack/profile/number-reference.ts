import type { NumberReference } from '../model.ts';

const BINS = 10;

/**
 * The reference of a number: bins between its deciles, so that each holds about a tenth of the rows. A value that
 * fills several deciles merges them; a largest value that fills one has a bin of its own (its edge is there twice), so
 * that zeros and ones are told apart; a single value gives one closed bin. Missing is NaN.
 */
export function numberReference(values: Float64Array, bins = BINS): NumberReference {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  return referenceOf(values, present, quantileEdges(present, bins));
}

/** Scores of small trees have few values: each of so many has a bin of its own. */
const FEW_VALUES = 20;

/**
 * The reference of scores: one bin a value where there are few, else as of any number.
 *
 * @param resolution scores nearer to one another do not differ: a sure model's last digits of a probability of 1 say nothing
 */
export function scoresReference(values: Float64Array, resolution = 0): NumberReference {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = new Set(present);
  const areFew = distinct.size >= 2 && distinct.size <= FEW_VALUES;
  const edges = areFew ? [...distinct, present.at(-1)!] : quantileEdges(present, BINS);
  if (resolution === 0) return referenceOf(values, present, edges);
  return { ...referenceOf(values, present, apart(edges, resolution)), resolution };
}

/** The edges, each at least `step` above the one before; the last bin holds what is that near to the largest. */
function apart(edges: readonly number[], step: number): number[] {
  const [first, largest] = [edges[0], edges.at(-1)];
  if (first === undefined || largest === undefined) return [];
  const kept = [first];
  for (const edge of edges) if (edge >= kept.at(-1)! + step && edge < largest - step) kept.push(edge);
  if (largest - step > first) kept.push(largest - step);
  return [...kept, largest];
}

function referenceOf(values: Float64Array, present: Float64Array, edges: number[]): NumberReference {
  return {
    edges,
    counts: countBins(present, edges),
    below: 0,
    above: 0,
    missing: values.length - present.length,
    ...moments(present),
  };
}

/** Distinct quantiles at 0, 1/bins … 1, lower of two neighbours, so that every edge is a value that occurred. */
function quantileEdges(sorted: Float64Array, bins: number): number[] {
  if (sorted.length === 0) return [];
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const edges = [...new Set(Array.from({ length: bins + 1 }, (_, index) => at(index / bins)))];
  const largest = edges.at(-1)!;
  return edges.length === 1 || at(1 - 1 / bins) === largest ? [...edges, largest] : edges;
}

function countBins(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]! += 1;
  }
  return counts;
}

/** Mean and population standard deviation; 0 of no values, so that JSON keeps them numbers. */
function moments(values: Float64Array): { mean: number; standardDeviation: number } {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value / count, 0);
  const variance = values.reduce((sum, value) => sum + ((value - mean) * (value - mean)) / count, 0);
  return { mean, standardDeviation: Math.sqrt(variance) };
}
