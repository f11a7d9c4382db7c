/** The mean of a target by key, drawn towards the mean of all as far as few rows say little. */
export type TargetMeans = {
  sums: Float64Array;
  weights: Float64Array;
  /** Mean over all rows. */
  prior: number;
  /** Rows that the prior counts as. */
  strength: number;
};

/** What a target mean is taken of: the key of each row (0 … size - 1), what it stands for, and what the row weighs. */
export type MeanSource = {
  keys: Int32Array;
  size: number;
  target: ArrayLike<number>;
  weights?: Float64Array | undefined;
};

/** The prior counts as this many rows at least and at most. */
const STRENGTHS = { least: 1, most: 1000 };

/**
 * Means with empirical Bayes shrinkage (Micci-Barreca 2001): the prior counts as many rows as the spread within keys is
 * larger than the spread between them, by moments.
 */
export function fitTargetMeans({ keys, size, target, weights }: MeanSource, rows: Int32Array): TargetMeans {
  const sums = new Float64Array(size);
  const totals = new Float64Array(size);
  let squares = 0;
  for (const row of rows) {
    const weight = weights === undefined ? 1 : weights[row]!;
    const y = target[row]!;
    sums[keys[row]!]! += weight * y;
    totals[keys[row]!]! += weight;
    squares += weight * y * y;
  }
  const total = totals.reduce((all, weight) => all + weight, 0);
  const prior = total > 0 ? sums.reduce((all, sum) => all + sum, 0) / total : 0;
  return { sums, weights: totals, prior, strength: strengthOf(sums, totals, total, prior, squares) };
}

export function meanAt({ sums, weights, prior, strength }: TargetMeans, key: number): number {
  return (sums[key]! + strength * prior) / (weights[key]! + strength);
}

/** One-way analysis of variance, unbalanced: spread within over spread between. */
function strengthOf(
  sums: Float64Array,
  totals: Float64Array,
  total: number,
  prior: number,
  squares: number,
): number {
  let [groups, explained, squaredTotals] = [0, 0, 0];
  for (let key = 0; key < sums.length; key++) {
    const weight = totals[key]!;
    if (weight === 0) continue;
    groups++;
    explained += (sums[key]! * sums[key]!) / weight;
    squaredTotals += weight * weight;
  }
  const within = (squares - explained) / Math.max(1, total - groups);
  const between =
    (explained - total * prior * prior - (groups - 1) * within) / (total - squaredTotals / total);
  if (!(between > 0)) return STRENGTHS.most;
  return Math.min(STRENGTHS.most, Math.max(STRENGTHS.least, within / between));
}
