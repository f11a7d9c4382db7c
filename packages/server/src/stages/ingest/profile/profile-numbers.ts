import type { ColumnProfile, ColumnType } from '../model.ts';
import type { NumberEnds, StoredColumn, Workspace } from '../ports.ts';
import { DistinctSketch } from './distinct-sketch.ts';
import { type DistinctWhole, distinctWhole } from './distinct-whole.ts';
import { type MissingCode, missingCodes } from './missing-codes.ts';

export const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const BINS = 20;
/** Up to so many rows distinct values and quantiles are exact; beyond, quantiles are of an even sample this large. */
export const EXACT_ROWS = 200_000;
/** Values held in memory at a time, over all columns of a batch. */
const VALUES_AT_A_TIME = 8_000_000;

/** `min` and `max` are NaN when nothing is present. */
export type NumberSummary = { present: number; min: number; max: number; whole: boolean };

export type NumberProfile = {
  summary: NumberSummary;
  distinct: number;
  distinctApproximate: boolean;
  numeric?: ColumnProfile['numeric'];
  /** Values that may stand for missing ones; of a sample of many rows the counts are estimates. */
  codes?: MissingCode[];
};

/** Moments, quantiles, histogram and distinct values of number and timestamp columns, in one pass over the files. */
export async function profileNumbers(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  rows: number,
): Promise<NumberProfile[]> {
  const ends = await workspace.ends(files, columns);
  const kept = Math.min(rows, EXACT_ROWS);
  const width = Math.max(1, Math.floor(VALUES_AT_A_TIME / Math.max(1, kept)));
  const profiles: NumberProfile[] = [];
  for (let from = 0; from < columns.length; from += width) {
    const gatherers = ends
      .slice(from, from + width)
      .map((one, place) => new Gatherer(one, rows, columns[from + place]!.type));
    for await (const chunk of workspace.numbers(files, columns.slice(from, from + width))) {
      chunk.forEach((values, i) => {
        gatherers[i]!.add(values);
      });
    }
    profiles.push(...gatherers.map((gatherer) => gatherer.profile()));
  }
  return profiles;
}

/** Gathers one column chunk by chunk. */
class Gatherer {
  readonly #ends: NumberEnds;
  readonly #type: ColumnType;
  readonly #counts = new Array<number>(BINS).fill(0);
  readonly #counter: DistinctSketch | DistinctWhole | undefined;
  readonly #sample: Float64Array;
  readonly #stride: number;
  readonly #scale: number;
  readonly #width: number;
  #whole = true;
  #present = 0;
  #mean = 0;
  #squares = 0;
  #seen = 0;
  #sampled = 0;

  constructor(ends: NumberEnds, rows: number, type: ColumnType) {
    this.#ends = ends;
    this.#type = type;
    // A power of two, so that scaling rounds nothing.
    const largest = Math.max(Math.abs(ends.min), Math.abs(ends.max));
    this.#scale = largest > 0 ? 2 ** Math.max(-1000, Math.floor(Math.log2(largest))) : 1;
    this.#width = ends.max / BINS - ends.min / BINS;
    this.#stride = Math.ceil(rows / EXACT_ROWS);
    this.#sample = new Float64Array(Math.min(rows, EXACT_ROWS));
    if (rows > EXACT_ROWS) this.#counter = distinctWhole(ends) ?? new DistinctSketch();
  }

  add(values: Float64Array): void {
    this.#addMoments(values);
    this.#addBins(values);
    if (this.#whole && !this.#ends.isStoredWhole) this.#whole = areWhole(values);
    this.#counter?.addAll(values);
    this.#take(values);
  }

  /**
   * The chunk's own mean and squares, in two passes of which the second corrects the first, added to those before it
   * (Chan, Golub and LeVeque 1983). Values are scaled into [-2, 2] so that no square overflows.
   */
  #addMoments(values: Float64Array): void {
    const unit = 1 / this.#scale;
    let count = 0;
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      count++;
      sum += value * unit;
    }
    if (count === 0) return;
    const near = sum / count;
    let squares = 0;
    let rest = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const off = value * unit - near;
      rest += off;
      squares += off * off;
    }
    const mean = near + rest / count;
    const apart = mean - this.#mean;
    const total = this.#present + count;
    this.#mean += (apart * count) / total;
    this.#squares += squares - (rest * rest) / count + apart * apart * ((this.#present * count) / total);
    this.#present = total;
  }

  #addBins(values: Float64Array): void {
    const counts = this.#counts;
    const width = this.#width;
    const first = this.#ends.min / width;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const bin = width > 0 ? Math.floor(value / width - first) : 0;
      counts[Math.max(0, Math.min(bin, BINS - 1))]!++;
    }
  }

  /** Keeps every row whose number is a multiple of the stride. */
  #take(values: Float64Array): void {
    const first = (this.#stride - (this.#seen % this.#stride)) % this.#stride;
    for (let i = first; i < values.length; i += this.#stride) {
      const value = values[i]!;
      if (!Number.isNaN(value)) this.#sample[this.#sampled++] = value;
    }
    this.#seen += values.length;
  }

  profile(): NumberProfile {
    const sorted = this.#sample.subarray(0, this.#sampled).sort();
    const distinct = this.#counter?.count() ?? distinctSorted(sorted);
    const distinctApproximate = this.#counter instanceof DistinctSketch;
    const { min, max } = this.#ends;
    const summary = { present: this.#present, min, max, whole: this.#whole };
    const shared = { summary, distinct, distinctApproximate };
    if (this.#present === 0) return shared;
    const mean = this.#mean * this.#scale;
    const standardDeviation = Math.sqrt(this.#squares / this.#present) * this.#scale;
    const edges = Array.from({ length: BINS + 1 }, (_, i) => min * (1 - i / BINS) + max * (i / BINS));
    const quantiles = QUANTILES.map((q) => quantileSorted(sorted, q));
    const codes = missingCodes(sorted, this.#type).map(({ value, count }) => ({
      value,
      count: count * this.#stride,
    }));
    return {
      ...shared,
      ...(codes.length > 0 && { codes }),
      numeric: { min, max, mean, standardDeviation, quantiles, histogram: { edges, counts: this.#counts } },
    };
  }
}

/** NaN is no value. */
function areWhole(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value) && value !== Math.trunc(value)) return false;
  }
  return true;
}

function distinctSorted(sorted: Float64Array): number {
  let distinct = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan). */
function quantileSorted(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const share = place - below;
  return low === high ? low : low * (1 - share) + high * share;
}
