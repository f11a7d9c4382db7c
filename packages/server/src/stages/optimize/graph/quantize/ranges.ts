/** What a value ranged over while calibrating. */
export type Range = { low: number; high: number };

export const CALIBRATIONS = ['min-max', 'percentile', 'entropy'] as const;
export type Calibration = (typeof CALIBRATIONS)[number];

/** Counts of values between `low` and `high`, in bins of one width. */
export type Histogram = Range & { counts: Float64Array };

const BINS = 2048;

export function newHistogram({ low, high }: Range): Histogram {
  return { low, high, counts: new Float64Array(BINS) };
}

export function addToHistogram(histogram: Histogram, values: ArrayLike<number>): void {
  const { low, high, counts } = histogram;
  const perBin = counts.length / Math.max(high - low, Number.MIN_VALUE);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i]! - low) * perBin);
    if (bin >= 0) counts[Math.min(counts.length - 1, bin)]!++;
  }
}

/** The range that is told apart in 256 steps, by each way of choosing it. It always holds zero, which padding needs. */
export const RANGE_BY: Record<Calibration, (histogram: Histogram) => Range> = {
  'min-max': withZero,
  percentile: (histogram) => withZero(percentileRange(histogram, 0.99999)),
  entropy: (histogram) => withZero(entropyRange(histogram)),
};

function withZero({ low, high }: Range): Range {
  return { low: Math.min(0, low), high: Math.max(0, high) };
}

/** The range in the middle that holds this share of all values. */
function percentileRange({ low, high, counts }: Histogram, share: number): Range {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const tail = (total * (1 - share)) / 2;
  const width = (high - low) / counts.length;
  const first = firstBeyond(counts, tail);
  const last = counts.length - 1 - firstBeyond(counts.toReversed(), tail);
  return first > last ? { low, high } : { low: low + first * width, high: low + (last + 1) * width };
}

function firstBeyond(counts: Float64Array, tail: number): number {
  let sum = 0;
  for (const [bin, count] of counts.entries()) {
    sum += count;
    if (sum > tail) return bin;
  }
  return 0;
}

const LEVELS = 256;
/** Cuts that are tried on each side. */
const CUTS = 64;

/**
 * The range whose 256 steps keep most of what the distribution says: of the cuts towards zero, first of the upper and then of the
 * lower side, that with the least divergence between the counts, outliers counted at the ends, and those counts as the steps
 * tell them apart.
 *
 * Migacz 2017, "8-bit inference with TensorRT" (Kullback and Leibler's divergence).
 */
function entropyRange({ low, high, counts }: Histogram): Range {
  const width = (high - low) / counts.length;
  const zero = Math.min(counts.length, Math.max(0, Math.round(-low / Math.max(width, Number.MIN_VALUE))));
  const to = bestCut(zero, counts.length, (end) => divergenceOf(counts, 0, end));
  const from = bestCut(zero, 0, (start) => divergenceOf(counts, start, to));
  return { low: low + from * width, high: low + to * width };
}

/** The place between `end` and `zero`, the latter left out, where the divergence is least. */
function bestCut(zero: number, end: number, divergence: (place: number) => number): number {
  let best = { place: end, divergence: divergence(end) };
  for (let cut = 1; cut < CUTS; cut++) {
    const place = Math.round(end + ((zero - end) * cut) / CUTS);
    const found = divergence(place);
    if (found < best.divergence) best = { place, divergence: found };
  }
  return best.place;
}

function divergenceOf(counts: Float64Array, from: number, to: number): number {
  if (to - from < LEVELS) return Number.POSITIVE_INFINITY;
  const inside = counts.slice(from, to);
  const told = stepped(inside);
  inside[0]! += sum(counts.subarray(0, from));
  inside[inside.length - 1]! += sum(counts.subarray(to));
  const [allInside, allTold] = [sum(inside), sum(told)];
  if (allInside === 0 || allTold === 0) return Number.POSITIVE_INFINITY;
  let divergence = 0;
  for (const [bin, count] of inside.entries()) {
    if (count === 0) continue;
    const [p, q] = [count / allInside, told[bin]! / allTold];
    divergence += p * Math.log(p / Math.max(q, 1e-12));
  }
  return divergence;
}

/** The counts as 256 steps tell them: spread evenly over the bins of a step that are not empty. */
function stepped(counts: Float64Array): Float64Array {
  const out = new Float64Array(counts.length);
  for (let level = 0; level < LEVELS; level++) {
    const from = Math.floor((level * counts.length) / LEVELS);
    const to = Math.floor(((level + 1) * counts.length) / LEVELS);
    const step = counts.subarray(from, to);
    const filled = step.reduce((count, value) => count + Number(value > 0), 0);
    const each = filled === 0 ? 0 : sum(step) / filled;
    for (let bin = from; bin < to; bin++) out[bin] = counts[bin]! > 0 ? each : 0;
  }
  return out;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
