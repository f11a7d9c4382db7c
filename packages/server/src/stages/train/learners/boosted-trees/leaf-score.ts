/** Sums over the rows of a node. */
export type NodeSums = { gradient: number; hessian: number; rows: number };

/** What shrinks the score of a leaf. */
export type LeafRules = { l1: number; l2: number; maxDelta: number; pathSmoothing: number };

/** What a node hands down to the leaves below it: between which scores they lie, and its own, to smooth towards. */
export type LeafBounds = { lower: number; upper: number; parent: number };

export const UNBOUNDED: LeafBounds = {
  lower: Number.NEGATIVE_INFINITY,
  upper: Number.POSITIVE_INFINITY,
  parent: 0,
};

/** Shrinks the gradient sum toward zero by `l1`. */
function softThreshold(gradient: number, l1: number): number {
  if (l1 === 0) return gradient;
  const size = Math.abs(gradient) - l1;
  return size <= 0 ? 0 : Math.sign(gradient) * size;
}

/** Whether more than the penalties decides the score of a leaf. */
export function isBounded(rules: LeafRules, isMonotone: boolean): boolean {
  return isMonotone || rules.maxDelta > 0 || rules.pathSmoothing > 0;
}

/**
 * The score that minimises the second-order loss of a leaf (Chen and Guestrin 2016, eq. 5, with L1), at most `maxDelta` in
 * size, drawn towards its parent's as if that stood for `pathSmoothing` rows, within its bounds. `l2` may stand for that of the rules.
 */
export function leafScore(
  sums: NodeSums,
  { l1, l2: usual, maxDelta, pathSmoothing }: LeafRules,
  bounds: LeafBounds,
  l2 = usual,
): number {
  const weight = sums.hessian + l2;
  let score = weight <= 0 ? 0 : -softThreshold(sums.gradient, l1) / weight;
  if (maxDelta > 0) score = Math.max(-maxDelta, Math.min(maxDelta, score));
  if (pathSmoothing > 0) {
    score = (score * sums.rows + bounds.parent * pathSmoothing) / (sums.rows + pathSmoothing);
  }
  return Math.max(bounds.lower, Math.min(bounds.upper, score));
}

/** How much a leaf with these sums and the best score lowers twice the second-order loss (eq. 6). */
export function leafGain({ gradient, hessian }: NodeSums, l1: number, l2: number): number {
  const shrunk = softThreshold(gradient, l1);
  return (shrunk * shrunk) / (hessian + l2);
}

/** The same for any score. */
export function gainOfScore({ gradient, hessian }: NodeSums, score: number, l1: number, l2: number): number {
  return -(2 * softThreshold(gradient, l1) * score + (hessian + l2) * score * score);
}
