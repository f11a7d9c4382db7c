/** What one leaf adds to the time of a prediction in the flat engine; see `model-size.ts`. */
const SECONDS_OF_A_LEAF = 2e-9;

/**
 * Predictions, or what takes as long, by which a model is optimized, explained, compared and packed. Of those some 25,000 are made
 * in any case; the rest is for variants, for rows of the explanation, and for machines that are busy with other work.
 */
const PREDICTIONS = 250_000;

/**
 * Size of a model at most, in leaves, that can be optimized and packed in that many seconds: 20,000 in 10 s, 40,000 in 20. It
 * comes before what a larger model gains, unlike `MOST_LEAVES`.
 */
export function affordableLeaves(seconds = Number.POSITIVE_INFINITY): number {
  return seconds / (SECONDS_OF_A_LEAF * PREDICTIONS);
}
