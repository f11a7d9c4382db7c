/**
 * How unsure a model is of a row, from 0 (sure) to 1 (all classes alike): the share of the greatest entropy possible.
 * Rows of which it is unsure teach it most (Lewis and Gale 1994).
 */
export function uncertaintyOf(probabilities: ArrayLike<number>): number {
  let entropy = 0;
  for (let k = 0; k < probabilities.length; k++) {
    const p = probabilities[k]!;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return probabilities.length < 2 ? 0 : entropy / Math.log(probabilities.length);
}
