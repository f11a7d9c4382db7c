import { latencySketch, SKETCH_BUCKETS } from './latency-sketch.ts';

/** What a version answered, counted since some moment. */
export type Counts = {
  /** Answered by it, well or not; those refused for being too many are not. */
  requests: number;
  /** Answered 500 or above. */
  errors: number;
  /** Answered 400 to 499, but for 429. */
  refused: number;
  /** A latency sketch. */
  latency: number[];
};

/** How the answers of a shadow compare with the live ones, as sums since some moment. */
export type ShadowSums = {
  copies: Counts;
  /** How long the live model took for the same requests. */
  live: Counts;
  /** Rows whose answers were compared, and how many were the same. */
  rows: number;
  agreed: number;
  /** Sum of the differences, and how many there were to compare. */
  difference: number;
  differences: number;
  /** Copies left out so as not to be in the way. */
  dropped: number;
};

export function noCounts(): Counts {
  return { requests: 0, errors: 0, refused: 0, latency: Array.from(latencySketch()) };
}

export function noShadowSums(): ShadowSums {
  return {
    copies: noCounts(),
    live: noCounts(),
    rows: 0,
    agreed: 0,
    difference: 0,
    differences: 0,
    dropped: 0,
  };
}

export function plus(left: Counts, right: Counts): Counts {
  return combine(left, right, (a, b) => a + b);
}

/** What was counted since `before`; counters that fell began anew, and all that they say is new. */
export function since(now: Counts, before: Counts): Counts {
  return now.requests < before.requests ? now : combine(now, before, (a, b) => Math.max(0, a - b));
}

export function plusShadow(left: ShadowSums, right: ShadowSums): ShadowSums {
  return combineShadow(left, right, plus, (a, b) => a + b);
}

export function shadowSince(now: ShadowSums, before: ShadowSums): ShadowSums {
  if (now.copies.requests < before.copies.requests) return now;
  return combineShadow(now, before, since, (a, b) => Math.max(0, a - b));
}

type Combine = (a: number, b: number) => number;

function combine(left: Counts, right: Counts, of: Combine): Counts {
  return {
    requests: of(left.requests, right.requests),
    errors: of(left.errors, right.errors),
    refused: of(left.refused, right.refused),
    latency: Array.from({ length: SKETCH_BUCKETS }, (_, i) =>
      of(left.latency[i] ?? 0, right.latency[i] ?? 0),
    ),
  };
}

function combineShadow(
  left: ShadowSums,
  right: ShadowSums,
  counts: (a: Counts, b: Counts) => Counts,
  of: Combine,
): ShadowSums {
  return {
    copies: counts(left.copies, right.copies),
    live: counts(left.live, right.live),
    rows: of(left.rows, right.rows),
    agreed: of(left.agreed, right.agreed),
    difference: of(left.difference, right.difference),
    differences: of(left.differences, right.differences),
    dropped: of(left.dropped, right.dropped),
  };
}
