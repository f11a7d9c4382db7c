/**
 * What one leaf adds to the time of a prediction in the flat engine. Measured: 1.0 ns in trees of 18 leaves, 0.6 in trees of 42 and 0.3
 * in trees of 128 and more, since a prediction walks each tree from its root to one leaf.
 */
const SECONDS_OF_A_LEAF = 1e-9;

/**
 * Predictions, or what takes as long, by which a model is optimized, explained, compared and packed. Of those some 25,000 are made
 * in any case; the rest is for variants, for rows of the explanation, and for machines that are busy with other work.
 */
const PREDICTIONS = 200_000;

/**
 * Size of a model at most, in leaves, that can be optimized and packed in that many seconds: 50,000 in 10 s, 100,000 in 20. It
 * comes before what a larger model gains, unlike `MOST_LEAVES`.
 */
export function affordableLeaves(seconds = Number.POSITIVE_INFINITY): number {
  return seconds / (SECONDS_OF_A_LEAF * PREDICTIONS);
}
