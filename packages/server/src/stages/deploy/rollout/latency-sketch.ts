/**
 * How long requests took, as counts in buckets whose bounds grow by a fifth each: a quantile is known to a fifth, sketches
 * add and subtract, and counting costs one logarithm. Bucket 0 ends at 20 µs, the last one has no end (beyond a minute).
 */
export const SKETCH_BUCKETS = 88;
const FIRST_MS = 0.02;
const PER_DOUBLING = 4;

/** An empty one. */
export function latencySketch(): Float64Array {
  return new Float64Array(SKETCH_BUCKETS);
}

export function bucketOfMs(ms: number): number {
  if (ms <= FIRST_MS) return 0;
  return Math.min(SKETCH_BUCKETS - 1, Math.ceil(PER_DOUBLING * Math.log2(ms / FIRST_MS)));
}

/** The largest time that bucket `i` counts, in milliseconds. */
export function upperBoundMs(bucket: number): number {
  return bucket === SKETCH_BUCKETS - 1 ? Number.POSITIVE_INFINITY : FIRST_MS * 2 ** (bucket / PER_DOUBLING);
}

/** The time within which a share of the requests was answered, rounded up to a bound; undefined when there are none. */
export function quantileMs(sketch: ArrayLike<number>, share: number): number | undefined {
  const total = countOf(sketch);
  if (total === 0) return undefined;
  let left = Math.max(1, Math.ceil(total * share));
  for (let bucket = 0; bucket < sketch.length; bucket++) {
    left -= sketch[bucket]!;
    if (left <= 0) return Math.min(upperBoundMs(bucket), upperBoundMs(SKETCH_BUCKETS - 2));
  }
  return undefined;
}

/** Requests that certainly took longer than `ms`: those of the buckets that begin there or later. */
export function slowerThan(sketch: ArrayLike<number>, ms: number): number {
  let slower = 0;
  for (let bucket = bucketOfMs(ms) + 1; bucket < sketch.length; bucket++) slower += sketch[bucket]!;
  return slower;
}

export function countOf(sketch: ArrayLike<number>): number {
  let total = 0;
  for (let bucket = 0; bucket < sketch.length; bucket++) total += sketch[bucket]!;
  return total;
}
